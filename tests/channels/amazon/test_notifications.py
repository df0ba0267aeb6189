"""What comes by the queue: one fact is one event, in any casing and however often it comes."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest

from canonical.notice import Notice
from channels.amazon import map_file
from channels.amazon.notifications import (
    FeedFinished,
    OtherNotification,
    ReportFinished,
    read_notification,
)
from channels.errors import ContractError
from tests.channels.amazon.samples import (
    ORDER_ID,
    SELLER,
    as_bytes,
    case,
    channel,
    model,
    notice,
)


def recased(value: Any) -> Any:
    """The same with small first letters, as other types come."""
    if isinstance(value, dict):
        return {k[:1].lower() + k[1:]: recased(v) for k, v in value.items()}
    return [recased(v) for v in value] if isinstance(value, list) else value


def with_summary(**more: Any) -> dict[str, Any]:
    value = notice()
    value["Payload"]["OrderChangeNotification"]["Summary"].update(more)
    return value


def test_the_sample_is_one_that_amazons_schema_takes() -> None:
    jsonschema.validate(notice(), model("notifications/OrderChangeNotification.json"))


@pytest.mark.parametrize("value", [notice(), recased(notice())], ids=["capital", "small"])
def test_an_order_change_says_only_that_the_order_must_be_read(value: dict[str, Any]) -> None:
    one = channel()
    (event,) = one.split_webhook(as_bytes(value))
    assert event.identity is not None
    assert event.identity.order_id == ORDER_ID
    changed_at = datetime(2026, 11, 24, 9, 14, 5, tzinfo=UTC)
    assert one.to_canonical(event.body) == Notice(order_id=ORDER_ID, changed_at=changed_at)


def test_ten_of_one_fact_are_one_event() -> None:
    ids = set()
    for number in range(10):
        value = notice()
        value["NotificationMetadata"]["NotificationId"] = f"n-{number}"
        value["EventTime"] = f"2026-11-24T09:14:3{number}.207Z"
        ids.add(channel().identify(as_bytes(value)).event_id)
    assert len(ids) == 1


@pytest.mark.parametrize(
    "other",
    [
        with_summary(OrderStatus="Canceled"),
        notice(OrderChangeType="BuyerRequestedChange"),
        notice(OrderChangeTrigger={"TimeOfOrderChange": "2026-11-24T09:14:06Z"}),
        notice(AmazonOrderId="408-0000000-0000002"),
    ],
    ids=["status", "type", "time", "order"],
)
def test_another_fact_is_another_event(other: dict[str, Any]) -> None:
    one = channel()
    assert one.identify(as_bytes(other)).event_id != one.identify(as_bytes(notice())).event_id


def test_nulls_are_taken_where_the_schema_has_them() -> None:
    value = with_summary(PurchaseDate=None, DestinationPostalCode=None)
    trigger = value["Payload"]["OrderChangeNotification"]["OrderChangeTrigger"]
    trigger["TimeOfOrderChange"] = None
    jsonschema.validate(value, model("notifications/OrderChangeNotification.json"))
    told = channel().to_canonical(as_bytes(value))
    # The notification is later than the change: a read that shows this much shows it.
    assert isinstance(told, Notice)
    assert told.changed_at == datetime(2026, 11, 24, 9, 14, 31, 207_000, tzinfo=UTC)
    again = copy.deepcopy(value)
    again["NotificationMetadata"]["NotificationId"] = "another"
    ids = {channel().identify(as_bytes(v)).event_id for v in (value, again)}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (notice(SellerId="A1SOMEBODYELSE"), "SellerId (is A1SOMEBODYELSE"),
        (with_summary(MarketplaceId="A2VIGQ35RCS4UG"), "MarketplaceId (is A2VIGQ35RCS4UG"),
        ({"NotificationType": "PRICING_HEALTH", "Payload": {}}, "is PRICING_HEALTH, which is not"),
        ({"NotificationType": "ORDER_CHANGE", "Payload": {}}, "is missing"),
        ({"NotificationType": "ORDER_CHANGE", "Payload": None}, "is missing"),
        ({"NotificationType": [7]}, "notificationtype"),
    ],
    ids=["seller", "marketplace", "type", "empty", "null", "number"],
)
def test_what_is_not_ours_is_refused_with_a_sentence(value: dict[str, Any], says: str) -> None:
    one = channel()
    (event,) = one.split_webhook(as_bytes(value))
    assert event.identity is None
    with pytest.raises(ContractError) as refused:
        one.to_canonical(as_bytes(value))
    assert says in refused.value.message


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"[]", b"null", b'"ORDER_CHANGE"'])
def test_junk_is_one_event_without_identity(body: bytes) -> None:
    (event,) = channel().split_webhook(body)
    assert event.identity is None
    assert event.body == body


def test_a_notification_in_a_file_is_refused_with_what_to_do() -> None:
    with pytest.raises(ContractError, match="the order must be read"):
        map_file(as_bytes(notice()), "main")


def test_h01_ten_notifications_of_a_report_have_one_subject_and_one_fact() -> None:
    told = [read_notification(as_bytes(v), "main") for v in json.loads(case("H01"))]
    assert len({x.notification_id for x in told}) == 10
    assert {x.subject for x in told} == {"report:51200199120"}
    assert len({x.event_id for x in told}) == 1
    first = told[0]
    assert isinstance(first, ReportFinished)
    assert (first.status, first.seller_id) == ("DONE", SELLER)
    assert first.document_id.startswith("amzn1.spdoc.1.4.eu.")


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ("ReportProcessingFinishedNotification", ReportFinished),
        ("FeedProcessingFinishedNotification", FeedFinished),
    ],
)
def test_amazons_own_examples_are_read(schema: str, kind: type) -> None:
    examples = model(f"notifications/{schema}.json")["examples"]
    assert examples
    for example in examples:
        told = read_notification(as_bytes(example), "main")
        assert isinstance(told, kind)
        assert told.subject.split(":")[1]


def test_amazons_examples_of_order_changes_map_to_notices() -> None:
    examples = model("notifications/OrderChangeNotification.json")["examples"]
    assert examples
    for example in examples:
        change = example["Payload"]["OrderChangeNotification"]
        one = channel(
            seller_id="A3TH9S8BH6GOGM",
            marketplace_id=change["Summary"]["MarketplaceId"],
        )
        value = {**example}
        value["Payload"] = {"OrderChangeNotification": {**change, "SellerId": "A3TH9S8BH6GOGM"}}
        told = one.to_canonical(as_bytes(value))
        assert isinstance(told, Notice)
        assert told.order_id == change["AmazonOrderId"]


def test_a_type_that_nobody_waits_for_is_named() -> None:
    value = {"NotificationType": "ACCOUNT_STATUS_CHANGED", "EventTime": "2026-11-24T09:00:00Z"}
    told = read_notification(as_bytes(value), "main")
    assert isinstance(told, OtherNotification)
    assert told.type == "ACCOUNT_STATUS_CHANGED"
