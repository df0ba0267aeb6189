"""What is booked of which event, without a bus."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.erp.book import Book
from sandbox.erp.events import UnreadableEventError, read
from sandbox.erp.intake import Intake
from sandbox.erp.keys import Ref, command_id
from sandbox.erp.options import Options
from sandbox.erp.outbox import Outbox
from sandbox.erp.report import report
from tests.sandbox.erp.harness import event, money, order


class Office:
    """An ERP without a line to the bus."""

    def __init__(self, folder: Path, accepts: bool = True, **given: Any) -> None:
        self.book = Book(folder)
        self.outbox = Outbox(self.book)
        options = Options(bus="", data=folder, seed=1, delay=(1, 2), accepts=accepts, **given)
        self.intake = Intake(self.book, self.outbox, options)

    def hear(self, kind: str, order_id: str = "1", now: float = 0.0, **given: Any) -> bool:
        with self.book.transaction():
            return self.intake.take(read(json.dumps(event(kind, order_id, **given)).encode()), now)

    def entry(self, order_id: str = "1") -> dict[str, Any]:
        [entry] = report(self.book, order_id=order_id)["orders"]
        return dict(entry)

    def kinds(self, now: float) -> list[str]:
        return [json.loads(due.body)["kind"] for due in self.outbox.due(now, 100)]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.book.close()


def test_an_older_change_is_noted_and_changes_nothing(office: Office) -> None:
    office.hear("order.received")
    office.hear("order.changed", version=5, state="shipped", event_id="e5", order=order(1))
    office.hear("order.changed", version=4, state="ready", event_id="e4", order=order(0))
    entry = office.entry()
    assert (entry["state"], entry["version"]) == ("shipped", 5)
    assert entry["lines"][0]["cancelled"] == 1
    assert [(e["event_id"], e["stale"]) for e in entry["events"]][1:] == [
        ("e5", False),
        ("e4", True),
    ]


def test_answers_wait_their_time_and_the_acknowledgement_does_not(office: Office) -> None:
    office.hear("order.received", now=0.0)
    office.hear("order.released", now=10.0, version=2)
    assert office.kinds(now=0.5) == []
    assert office.kinds(now=2.0) == ["accept"]
    assert set(office.kinds(now=10.0)) == {"accept", "acknowledge"}
    assert set(office.kinds(now=12.0)) == {"accept", "acknowledge", "ship"}


def test_a_cancelled_order_gets_no_further_command(office: Office) -> None:
    office.hear("order.received", now=0.0)
    office.outbox.sent(office.outbox.due(3.0, 10), 3.0)
    office.hear("order.released", now=4.0, version=2)
    office.hear("order.cancelled", now=4.1, version=3, state="cancelled")
    assert office.kinds(now=99.0) == []
    entry = office.entry()
    assert entry["stage"] == "cancelled"
    states = {c["kind"]: c["state"] for c in entry["commands"]}
    assert states == {"accept": "sent", "acknowledge": "withdrawn", "ship": "withdrawn"}


def test_news_that_come_in_the_wrong_order_do_not_revive_it(office: Office) -> None:
    office.hear("order.cancelled", version=3, state="cancelled")
    office.hear("order.released", version=2)
    office.hear("order.received", version=1)
    assert office.kinds(now=99.0) == []
    entry = office.entry()
    assert (entry["stage"], entry["state"], entry["version"]) == ("cancelled", "cancelled", 3)


def test_a_late_successor_revives_a_cancelled_order(office: Office) -> None:
    office.hear("order.received", now=0.0)
    office.hear("order.cancelled", version=2, state="cancelled", now=0.1)
    assert office.kinds(now=99.0) == []
    office.hear("order.changed", version=3, state="new", now=5.0, order=order(1))
    assert office.kinds(now=5.0) == ["accept"]
    entry = office.entry()
    assert (entry["stage"], entry["state"]) == ("received", "new")
    assert entry["lines"][0]["cancelled"] == 1 and len(entry["reservations"]) == 1
    office.hear("order.released", version=4, state="accepted", now=6.0)
    assert office.kinds(now=99.0) == ["accept", "acknowledge", "ship"]


def test_an_older_change_revives_nothing(office: Office) -> None:
    office.hear("order.received")
    office.hear("order.cancelled", version=3, state="cancelled")
    office.hear("order.changed", version=2, state="accepted")
    assert office.entry()["stage"] == "cancelled" and office.kinds(now=99.0) == []


def test_released_twice_under_two_ids_still_means_one_ship_and_one_invoice(
    office: Office,
) -> None:
    office.hear("order.released", version=2, event_id="a")
    office.hear("order.released", version=3, event_id="b")
    kinds = office.kinds(now=99.0)
    assert sorted(kinds) == ["acknowledge", "ship"]
    assert office.entry()["invoice_number"].endswith("000000001")


def test_orders_of_two_accounts_under_one_number_stay_apart(office: Office) -> None:
    other = {"channel": "trendyol", "account": "jeddah", "order_id": "1"}
    office.hear("order.released", version=2)
    office.hear("order.released", version=2, ref=other, event_id="other")
    orders = report(office.book)["orders"]
    assert [entry["account"] for entry in orders] == ["riyadh", "jeddah"]
    assert len({entry["invoice_number"] for entry in orders}) == 2
    assert len(report(office.book, account="jeddah")["orders"]) == 1


def test_a_holding_erp_decides_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path, accepts=False)
    office.hear("order.received")
    assert office.kinds(now=99.0) == []


def test_a_failed_transaction_leaves_nothing_behind(office: Office) -> None:
    with pytest.raises(RuntimeError), office.book.transaction():
        office.intake.take(read(json.dumps(event("order.received", "1")).encode()), 0.0)
        raise RuntimeError("power cut")
    assert report(office.book)["orders"] == []
    assert office.hear("order.received")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": "souk.event/2"}, "schema is 'souk.event/2'"),
        ({"kind": "order.eaten"}, "'order.eaten' is not known"),
        ({"ref": {"channel": "trendyol"}}, "channel, account and order_id"),
        ({"order_version": True}, "order_version is True"),
        ({"event_id": 7}, "event_id is 7"),
        ({"order": {"currency": "SAR"}}, "'lines' is missing"),
        ({"order": order() | {"discounts": [{"amount": money("1", "USD")}]}}, "in USD"),
    ],
)
def test_what_does_not_fit_the_contract_is_refused_in_words(
    change: dict[str, Any], words: str
) -> None:
    with pytest.raises(UnreadableEventError, match=words):
        read(json.dumps(event("order.received", "1") | change).encode())


def test_ids_of_commands_are_escaped_bounded_and_distinct() -> None:
    assert command_id(Ref("trendyol", "riyadh", "a:b/c"), "ship") == (
        "erp-trendyol:riyadh:a%3Ab%2Fc-ship"
    )
    long = [command_id(Ref("trendyol", "riyadh", "9" * 200 + end), "ship") for end in "12"]
    assert len(set(long)) == 2
    assert all(len(x) <= 120 for x in long)


def returning(state: str, return_id: str = "r-1", came_back: int = 0) -> dict[str, Any]:
    """The order with one return of one unit."""
    content = order()
    content["lines"][0]["returned"] = came_back
    content["returns"] = [{"return_id": return_id, "state": state, "items": [{"quantity": 1}]}]
    return content


def ask_back(office: Office, return_id: str, order_id: str = "1") -> None:
    office.hear(
        "order.return_requested", order_id, version=3, event_id=f"{order_id}/asked/{return_id}",
        return_id=return_id, order=returning("waiting_for_answer", return_id),
    )  # fmt: skip


def test_each_return_is_answered_once_and_booked_when_it_is_closed(office: Office) -> None:
    office.hear("order.received")
    ask_back(office, "r-1")
    ask_back(office, "r-1")
    ask_back(office, "r-2")
    answers = [json.loads(d.body) for d in office.outbox.due(9, 9)][1:]
    assert [(a["kind"], a["return_id"], a["answer"]) for a in answers] == [
        ("answer_return", "r-1", "approve"),
        ("answer_return", "r-2", "approve"),
    ]
    assert len({a["command_id"] for a in answers}) == 2
    office.hear(
        "order.return_closed", version=4, event_id="closed", return_id="r-1",
        order=returning("accepted", came_back=1),
    )  # fmt: skip
    entry = office.entry()
    assert entry["returns"] == [{"return_id": "r-1", "state": "accepted", "units": 1}]
    assert entry["lines"][0]["returned"] == 1
    assert [e["return_id"] for e in entry["events"]] == ["", "r-1", "r-2", "r-1"]


def test_one_return_of_four_is_rejected_where_a_reason_is_given(tmp_path: Path) -> None:
    office = Office(tmp_path, rejections={"trendyol": "451"})
    for number in range(40):
        ask_back(office, "r-1", str(number))
    said = [json.loads(d.body) for d in office.outbox.due(9, 99)]
    rejected = [a for a in said if a["answer"] == "reject"]
    assert (len(rejected), len(said)) == (10, 40)
    assert {a["reason"] for a in rejected} == {"451"} and all(a["text"] for a in rejected)
    office.book.close()


def test_a_return_event_without_its_return_is_refused() -> None:
    with pytest.raises(UnreadableEventError, match="return_id"):
        read(json.dumps(event("order.return_closed", "1")).encode())


def test_goods_are_reserved_once_for_each_event_of_a_new_order(office: Office) -> None:
    office.hear("order.received")
    office.hear("order.received")
    assert office.entry()["reservations"] == [{"7392373001": 2}]
    office.hear("order.received", event_id="another")
    assert len(office.entry()["reservations"]) == 2


def label_event(**given: Any) -> dict[str, Any]:
    content = event("parcel.label", "1")
    for name in ("state", "order_version", "order"):
        content.pop(name)
    zpl = {"media_type": "application/zpl", "content": "XlhBXlha", "link": ""}
    return {
        **content,
        "parcel_id": "P1",
        "command_id": "l1",
        "labels": [zpl],
        "refused": "",
        **given,
    }


def test_a_label_is_kept_once_beside_its_order(office: Office) -> None:
    office.hear("order.received")
    for _ in range(2):
        with office.book.transaction():
            office.intake.take(read(json.dumps(label_event()).encode()), 0.0)
    no = label_event(event_id="e2", labels=[], refused="no cargo number yet")
    with office.book.transaction():
        assert office.intake.take(read(json.dumps(no).encode()), 0.0)
    kept = office.entry()["labels"]
    assert [(x["command_id"], x["deliveries"]) for x in kept] == [("l1", 2), ("l1", 1)]
    assert kept[0]["labels"][0]["content"] == "XlhBXlha"
    assert kept[1]["refused"] == "no cargo number yet"
    assert office.entry()["stage"] == "received", "a label moves no order"


@pytest.mark.parametrize(
    "given",
    [
        {"labels": []},
        {"refused": "both"},
        {"labels": [{"media_type": "application/zpl", "content": "no base64!", "link": ""}]},
        {"labels": [{"media_type": "application/zpl"}]},
    ],
)
def test_a_label_that_cannot_be_used_is_unreadable(given: dict[str, Any]) -> None:
    with pytest.raises(UnreadableEventError):
        read(json.dumps(label_event(**given)).encode())
