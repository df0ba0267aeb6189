"""Amazon's stock: pages whose tokens end soon, notifications, and absent is not zero."""

from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest

from canonical.mirrored_stock import MirroredStock
from channels.amazon.notifications import StockMoved, read_notification
from channels.amazon.stock import stock_in
from channels.errors import RefusedError
from channels.port import StockMirror
from tests.channels.amazon.samples import (
    MARKETPLACE,
    SELLER,
    as_bytes,
    calls,
    channel,
    fault,
    market,
    model,
    opened,
    says,
)


def summary(sku: str, **details: Any) -> dict[str, Any]:
    return {"sellerSku": sku, "fnSku": "X001", "condition": "NewItem", "inventoryDetails": details}


def page(*summaries: dict[str, Any], token: str = "") -> dict[str, Any]:
    granularity = {"granularityType": "Marketplace", "granularityId": MARKETPLACE}
    made = {"payload": {"granularity": granularity, "inventorySummaries": list(summaries)}}
    return {**made, "pagination": {"nextToken": token}} if token else made


async def read(*answers: object, since: datetime | None = None) -> tuple[list[Any], list[Any]]:
    routes = ("GET", "/fba/inventory/", says(*answers))
    async with market(routes) as server, opened(server) as one:
        assert isinstance(one, StockMirror)
        found = [s async for p in one.list_stock(since) for s in p]
    return found, [c.query for c in calls(server, "/fba/")]


async def test_all_pages_are_read_with_the_same_question() -> None:
    since = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    found, queries = await read(
        page(summary("A", fulfillableQuantity=3), token="t1"),
        page(summary("B", fulfillableQuantity=0)),
        since=since,
    )
    assert [(s.channel_sku, s.fulfillable) for s in found] == [("A", 3), ("B", 0)]
    assert queries[0]["details"] == "true"
    assert queries[0]["startDateTime"] == "2026-11-24T09:30:00Z"
    assert queries[1] == {**queries[0], "nextToken": "t1"}


async def test_absent_is_not_zero() -> None:
    found, _ = await read(page({"sellerSku": "A"}, summary("B", fulfillableQuantity=-2)))
    assert [(s.fulfillable, s.reserved, s.inbound) for s in found] == [(None, None, None)] * 2


async def test_a_token_that_ended_makes_the_read_begin_anew() -> None:
    found, queries = await read(
        page(summary("A"), token="t1"),
        (400, fault("InvalidInput", "expired")),
        page(summary("A"), token="t2"),
        page(summary("B")),
    )
    assert [s.channel_sku for s in found] == ["A", "A", "B"]
    assert ["nextToken" in q for q in queries] == [False, True, False, True]


async def test_a_read_that_never_comes_through_ends() -> None:
    refused = (400, fault("InvalidInput", "expired"))
    with pytest.raises(RefusedError):
        await read(*([page(token="t"), refused] * 3))


def moved(**counts: Any) -> dict[str, Any]:
    """FBA_INVENTORY_AVAILABILITY_CHANGES, which comes without metadata."""
    breakdown = {"WarehouseProcessing": 1, "WarehouseTransfer": 2, "PendingCustomerOrder": 4}
    inbound = {"Working": 0, "Shipped": 0, "Receiving": 0}
    inventory = {
        "Fulfillable": 9,
        "Unfulfillable": 1,
        "Researching": 0,
        "InboundQuantityBreakdown": inbound,
        "ReservedQuantityBreakdown": breakdown,
        "FutureSupplyBuyable": 0,
        "PendingCustomerOrderInTransit": 0,
        **counts,
    }
    by_marketplace = {
        "MarketplaceId": MARKETPLACE,
        "ItemName": "Tea",
        "FulfillmentInventory": inventory,
    }
    return {
        "NotificationVersion": "1.0",
        "NotificationType": "FBA_INVENTORY_AVAILABILITY_CHANGES",
        "PayloadVersion": "1.0",
        "EventTime": "2026-11-24T09:00:00.000Z",
        "Payload": {
            "SellerId": SELLER,
            "FNSKU": "X001",
            "ASIN": "B0TEST0001",
            "SKU": "KSA-TEA-0250",
            "FulfillmentInventoryByMarketplace": [by_marketplace],
        },
    }


def test_a_notification_tells_the_stock_of_our_marketplace() -> None:
    schema = model("notifications/FBAInventoryAvailabilityChangeNotification.json")
    jsonschema.validate(moved(), schema)
    told = read_notification(as_bytes(moved()), "main")
    assert isinstance(told, StockMoved)
    assert told.subject == "stock:KSA-TEA-0250"
    stock = stock_in(told, MARKETPLACE)
    assert stock == MirroredStock(
        channel_sku="KSA-TEA-0250",
        fulfillable=9,
        reserved=7,
        unfulfillable=1,
        as_of=datetime(2026, 11, 24, 9, tzinfo=UTC),
    )
    assert stock_in(told, "A2VIGQ35RCS4UG") is None


def test_the_newer_figure_counts_whichever_came_first() -> None:
    times = [datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in (9, 10)]
    old, new = (MirroredStock(channel_sku="A", fulfillable=n, as_of=t) for n, t in enumerate(times))
    assert old.newer(new) == new.newer(old) == new


def test_nothing_of_a_stock_notification_passes_for_an_order() -> None:
    (event,) = channel().split_webhook(as_bytes(moved()))
    assert event.identity is None
