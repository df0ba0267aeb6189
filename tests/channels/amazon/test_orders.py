"""Reading orders: pages, tokens that end, orders that are not shown."""

from datetime import UTC, datetime

import pytest

from channels.errors import ContractError, RefusedError
from channels.port import OrderPage
from tests.channels.amazon.samples import (
    ORDER_ID,
    as_bytes,
    calls,
    channel,
    fault,
    item,
    market,
    opened,
    order,
    says,
)

SINCE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
UNTIL = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
BEFORE = "2026-11-24T09:58:00Z"


def page(*orders: object, token: str = "", before: str = BEFORE) -> dict[str, object]:
    made: dict[str, object] = {"orders": list(orders), "lastUpdatedBefore": before}
    return {**made, "pagination": {"nextToken": token}} if token else made


async def pages_of(*answers: object) -> tuple[list[OrderPage], list[dict[str, str]]]:
    async with market(("GET", "/orders", says(*answers))) as server, opened(server) as one:
        found = [p async for p in one.list_orders(SINCE, UNTIL)]
    return found, [c.query for c in calls(server, "/orders/2026")]


async def test_a_search_asks_for_what_we_need_and_repeats_its_filters_with_the_token() -> None:
    other = order(orderId="408-0000000-0000002")
    found, queries = await pages_of(
        page(order(), token="next"), page(other, before="2026-11-24T09:59:00Z")
    )
    assert [p.last for p in found] == [False, True]
    assert [e.identity.order_id for p in found for e in p.events if e.identity] == [
        ORDER_ID,
        "408-0000000-0000002",
    ]
    first, second = queries
    assert first["lastUpdatedAfter"] == "2026-11-24T08:00:00.000Z"
    assert "lastUpdatedBefore" not in first
    assert {"PACKAGES", "PROCEEDS", "FULFILLMENT", "CANCELLATION"} <= set(
        first["includedData"].split(",")
    )
    assert second == {**first, "paginationToken": "next"}
    # What changes during the read is behind the first page's end, not the last one's.
    assert {p.watermark for p in found} == {datetime(2026, 11, 24, 9, 58, tzinfo=UTC)}


async def test_a_token_that_has_ended_makes_the_read_begin_anew_once() -> None:
    refused = (400, fault("InvalidInput", "token"))
    found, queries = await pages_of(page(order(), token="old"), refused, page(order()))
    assert [("paginationToken" in q) for q in queries] == [False, True, False]
    assert found[-1].last
    assert found[-1].events[0].identity == found[0].events[0].identity


async def test_a_token_that_is_refused_again_and_again_ends_the_read() -> None:
    refused = (400, fault("InvalidInput", "token"))
    with pytest.raises(RefusedError):
        await pages_of(page(token="a"), refused, page(token="b"), refused)


async def test_one_order_that_cannot_be_read_does_not_stop_the_others() -> None:
    broken = order(orderItems=[{"orderItemId": "1"}])
    found, _ = await pages_of(page(broken, order()))
    assert [e.identity is None for e in found[0].events] == [True, False]


async def test_search_and_read_tell_of_one_state_by_one_event_id() -> None:
    found, _ = await pages_of(page(order()))
    routes = ("GET", "/orders", says({"order": order()}))
    async with market(routes) as server, opened(server) as one:
        (read,) = await one.fetch_order(ORDER_ID)
    assert read.identity == found[0].events[0].identity
    assert one.to_canonical(read.body) == one.to_canonical(found[0].events[0].body)


async def test_an_order_that_amazon_does_not_show_is_nothing() -> None:
    async with market() as server, opened(server) as one:
        assert await one.fetch_order(ORDER_ID) == ()


async def test_a_page_that_is_no_page_is_the_contracts_business() -> None:
    with pytest.raises(ContractError):
        await pages_of({"payload": {"Orders": []}})


def test_an_address_that_comes_later_is_another_event() -> None:
    one = channel()
    bare = one.identify(as_bytes(order(recipient=None)))
    full = one.identify(as_bytes(order()))
    assert bare.version == full.version
    assert bare.event_id != full.event_id


def test_two_changes_within_one_second_are_two_versions() -> None:
    one = channel()
    before = one.identify(as_bytes(order()))
    shipped = {**item(), "fulfillment": {"quantityFulfilled": 1, "quantityUnfulfilled": 1}}
    after = one.identify(as_bytes(order("PARTIALLY_SHIPPED", orderItems=[shipped])))
    assert after.version > before.version
    assert after.version // 1_000 == before.version // 1_000
