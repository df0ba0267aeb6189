"""Claims: read by page, mapped to returns, merged into their order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from canonical.merge import merge
from canonical.returns import ReturnState
from channels.errors import ContractError, RefusedError, UnavailableError
from channels.port import OrderPage
from channels.trendyol.claims_wire import holds_claim
from channels.trendyol.client import TrendyolChannel
from tests.channels.servers import Server, answers, serving
from tests.channels.trendyol.samples import as_bytes, body, channel, opened, package

SINCE = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
ID = "f9da2317-876b-4b86-b8f7-0535c3b65731"
FIRST, SECOND = "b71461e3-d1a0-4c1d-9a6d-18ecbcb5158c", "0a4f7f1c-2f55-4f63-8d65-d2a8b9a0c111"


def claim(*statuses: str, **changes: Any) -> dict[str, Any]:
    """The recorded claim, with other statuses of its items."""
    value = package("claim", **changes)
    items = [item for entry in value["items"] for item in entry["claimItems"]]
    for item, status in zip(items, statuses, strict=False):
        item["claimItemStatus"] = {"name": status}
    return value


def page(*claims: dict[str, Any], pages: int = 1) -> dict[str, Any]:
    return {"totalElements": len(claims), "totalPages": pages, "content": list(claims)}


async def read(one: TrendyolChannel, days: float = 1) -> list[OrderPage]:
    return [p async for p in one.list_returns(SINCE, SINCE + timedelta(days=days))]


def test_a_claim_is_an_order_with_one_return_and_nothing_else() -> None:
    order = channel().to_canonical(body("claim"))
    assert (order.ref.order_id, order.lines, order.parcels) == ("10600123456", (), ())
    (news,) = order.returns
    assert news.return_id == ID
    assert news.state is ReturnState.WAITING_FOR_ANSWER
    assert news.answer_by == datetime(2026, 11, 29, 9, 10, tzinfo=UTC)
    assert [(i.item_id, i.state, i.quantity, i.reason) for i in news.items] == [
        (FIRST, ReturnState.WAITING_FOR_ANSWER, 1, "Changed mind"),
        (SECOND, ReturnState.REQUESTED, 1, "DEFECT"),
    ]
    assert {(i.line_id, i.channel_sku, i.parcel_id) for i in news.items} == {
        ("7392373001", "ERP-SKU-001", "3300123456")
    }
    assert news.items[0].note == "لا يناسبني"


def test_who_it_is_does_not_depend_on_how_it_came_and_tells_statuses_apart() -> None:
    one = channel()
    same = one.identify(body("claim"))
    assert same == one.identify(as_bytes(claim()))
    assert (same.order_id, same.subject, same.version) == ("10600123456", ID, 1795770600000)
    moved = one.identify(as_bytes(claim("Accepted")))
    assert moved.event_id != same.event_id
    many = claim()
    item = many["items"][0]["claimItems"][0]
    many["items"][0]["claimItems"] = [
        {**item, "id": str(n), "claimItemStatus": {"name": f"{n:02}" * 25}} for n in range(40)
    ]
    assert len(one.identify(as_bytes(many)).event_id) <= 200


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Created", ReturnState.REQUESTED),
        ("WaitingInAction", ReturnState.WAITING_FOR_ANSWER),
        ("WAITING_IN_ACTION", ReturnState.WAITING_FOR_ANSWER),
        ("WaitingFraudCheck", ReturnState.IN_DISPUTE),
        ("Unresolved", ReturnState.IN_DISPUTE),
        ("InAnalysis", ReturnState.IN_DISPUTE),
        ("Accepted", ReturnState.ACCEPTED),
        ("Rejected", ReturnState.REJECTED),
        ("Cancelled", ReturnState.CANCELLED),
        ("Teleported", ReturnState.UNKNOWN),
    ],
)
def test_each_status_of_an_item(status: str, state: ReturnState) -> None:
    (news,) = channel().to_canonical(as_bytes(claim(status, status))).returns
    assert {i.state for i in news.items} == {news.state} == {state}
    assert news.items[0].channel_status == status


def test_the_deadline_is_the_accounts() -> None:
    quick = channel(returns_answered_within=timedelta(minutes=4))
    (news,) = quick.to_canonical(body("claim")).returns
    assert news.answer_by == datetime(2026, 11, 27, 9, 14, tzinfo=UTC)


def test_an_accepted_unit_counts_as_returned_once() -> None:
    one = channel()
    home = one.to_canonical(as_bytes(package(status="Delivered")))
    accepted = one.to_canonical(as_bytes(claim("Accepted", "Rejected")))
    order = merge(merge(None, accepted).order, home).order
    assert [(x.line_id, x.returned) for x in order.lines] == [("7392373001", 1)]
    back = one.to_canonical(as_bytes(package(status="Returned", lastModifiedDate=1795880000000)))
    assert merge(order, back).order.lines[0].returned == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"orderNumber": None}, "orderNumber"),
        ({"claimDate": "today"}, "claimDate"),
        ({"items": []}, "items"),
        ({"items": [{"orderLine": {"id": 1}, "claimItems": []}]}, "items.0.orderLine.barcode"),
        ({"id": None}, "id"),
    ],
)
def test_what_does_not_fit_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ContractError) as error:
        channel().to_canonical(as_bytes(claim(**changes)))
    assert field in error.value.fields


def test_a_unit_that_stands_twice_is_refused() -> None:
    value = claim()
    value["items"].append(value["items"][0])
    with pytest.raises(ContractError, match="claimItem twice"):
        channel().to_canonical(as_bytes(value))


@pytest.mark.parametrize("junk", [b'"claimDate"', b'{"x":"\\"claimDate\\"', b"[1]", b"\xff"])
def test_junk_is_no_claim(junk: bytes) -> None:
    assert not holds_claim(junk)


async def test_pages_are_read_to_the_last_and_only_it_moves_the_watermark() -> None:
    pages = answers(page(claim(), pages=2), page(claim("Accepted", "Accepted"), pages=2))
    async with serving(pages) as server, opened(server.url) as one:
        read_pages = await read(one)
    assert [(p.last, p.watermark) for p in read_pages] == [
        (False, None),
        (True, SINCE + timedelta(days=1)),
    ]
    assert [c.query["page"] for c in server.came] == ["0", "1"]
    assert {c.path for c in server.came} == {"/integration/order/sellers/900123/claims"}
    assert {c.query["size"] for c in server.came} == {"200"}
    events = [e for p in read_pages for e in p.events]
    assert [e.identity and e.identity.subject for e in events] == [ID, ID]


async def test_a_month_is_asked_for_week_by_week() -> None:
    async with serving(answers(page())) as server, opened(server.url) as one:
        read_pages = await read(one, days=30)
    spans = [int(c.query["endDate"]) - int(c.query["startDate"]) for c in server.came]
    assert len(spans) == 5
    assert max(spans) == timedelta(days=7) / timedelta(milliseconds=1)
    assert [p.last for p in read_pages] == [False] * 4 + [True]


async def test_more_rows_than_pages_reach_are_read_in_halves() -> None:
    day = timedelta(days=1) / timedelta(milliseconds=1)

    async def answer(request: web.Request) -> web.StreamResponse:
        span = int(request.query["endDate"]) - int(request.query["startDate"])
        return web.json_response(page(claim(), pages=51 if span > day / 2 else 1))

    async with serving(answer) as server, opened(server.url) as one:
        read_pages = await read(one)
    assert len(server.came) == 3
    assert len(read_pages) == 2
    assert read_pages[-1].last


async def test_what_cannot_be_read_stays_an_event_without_identity() -> None:
    broken = claim(orderNumber=None)
    async with serving(answers(page(broken, claim()))) as server, opened(server.url) as one:
        (only,) = await read(one)
    assert [e.identity is None for e in only.events] == [True, False]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (answers({"content": "no"}), ContractError),
        (answers(web.Response(text="<html>")), ContractError),
        (answers(web.Response(status=503)), UnavailableError),
        (answers({"errors": [{"key": "bad"}]}, status=400), RefusedError),
    ],
)
async def test_a_page_that_is_none_is_an_error(answer: Any, error: type[Exception]) -> None:
    async with serving(answer) as server, opened(server.url) as one:
        with pytest.raises(error):
            await read(one)


async def test_an_orders_claims_are_its_own_even_if_the_filter_is_ignored() -> None:
    other = claim(orderNumber="999", id="other")
    server: Server
    async with serving(answers(page(claim(), other))) as server, opened(server.url) as one:
        (mine,) = await one.fetch_returns("10600123456")
    assert mine.identity is not None
    assert mine.identity.subject == ID
    assert server.came[0].query["orderNumber"] == "10600123456"
