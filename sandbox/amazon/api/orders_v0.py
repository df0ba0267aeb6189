"""Orders v0: the reads, which are to be removed on 2027-03-27."""

from typing import Any

from sandbox.amazon import paging
from sandbox.amazon.api.orders import order_of
from sandbox.amazon.api.windows import csv_of, page_size, window
from sandbox.amazon.errors import invalid
from sandbox.amazon.gate import Call, Reply
from sandbox.amazon.market import MARKETPLACE_ID
from sandbox.amazon.model import Order
from sandbox.amazon.render import order_v0
from sandbox.amazon.stamps import iso
from sandbox.amazon.statuses import V0, v0

FILTERS = [
    "MarketplaceIds",
    "CreatedAfter",
    "CreatedBefore",
    "LastUpdatedAfter",
    "LastUpdatedBefore",
    "OrderStatuses",
    "FulfillmentChannels",
    "PaymentMethods",
    "AmazonOrderIds",
    "EasyShipShipmentStatuses",
    "MaxResultsPerPage",
]
MAX_IDS = 50


async def get_orders(call: Call) -> Reply:
    """GET /orders/v0/orders: a NextToken overrides all other filters."""
    query, knobs = call.query, call.world.knobs
    if MARKETPLACE_ID not in csv_of(query.get("MarketplaceIds")):
        raise invalid("MarketplaceIds is missing or names no marketplace of the seller.")
    after: list[Any] = [0, ""]
    end = None
    if text := query.get("NextToken"):
        life = knobs.scaled(knobs.orders_token_life_s)
        state = paging.take(knobs.seed, call.seller, call.operation.name, text, life)
        query, after, end = state["query"], state["after"], state["end"]
    if "AmazonOrderIds" in query and "CreatedAfter" not in query:
        query = query | {"CreatedAfter": "2000-01-01T00:00:00Z"}
    span = window(call, query, "Created", "LastUpdated")
    span.end = end or span.end
    size = page_size(query.get("MaxResultsPerPage"), 1, 100, 100)
    rest = [
        order
        for order in span.select(_filtered(call, query))
        if span.position(order) > tuple(after)
    ]
    page, more = rest[:size], rest[size:]
    payload: dict[str, Any] = {
        "Orders": [order_v0.render(order, call.elements) for order in page],
        f"{span.family}Before": iso(span.end),
    }
    if more:
        kept = {name: query[name] for name in FILTERS if name in query}
        state = {"query": kept, "after": span.position(page[-1]), "end": span.end}
        payload["NextToken"] = paging.give(knobs.seed, call.seller, call.operation.name, state)
    return Reply({"payload": payload})


def _filtered(call: Call, query: dict[str, str]) -> list[Order]:
    ids = csv_of(query.get("AmazonOrderIds"))
    if len(ids) > MAX_IDS:
        raise invalid(f"AmazonOrderIds has more than {MAX_IDS} values.")
    statuses = csv_of(query.get("OrderStatuses"))
    if unknown := set(statuses) - set(V0.values()):
        raise invalid(f"OrderStatuses has no {', '.join(sorted(unknown))}.")
    channels = csv_of(query.get("FulfillmentChannels"))
    payments = csv_of(query.get("PaymentMethods"))
    easy_ship = csv_of(query.get("EasyShipShipmentStatuses"))
    return [
        order
        for order in call.world.orders.of_seller(call.seller, call.world.knobs.lag_ms())
        if (not ids or order.order_id in ids)
        and (not statuses or v0(order.status) in statuses)
        and (not channels or order.channel in channels)
        and (not payments or ("COD" if order.cod else "Other") in payments)
        and (not easy_ship or order.easy_ship_status in easy_ship)
    ]


async def get_order(call: Call) -> Reply:
    """GET /orders/v0/orders/{orderId}."""
    return Reply({"payload": order_v0.render(order_of(call), call.elements)})


async def get_order_items(call: Call) -> Reply:
    """GET /orders/v0/orders/{orderId}/orderItems."""
    order = order_of(call)
    items = [order_v0.item(order, item) for item in order.items]
    return Reply({"payload": {"AmazonOrderId": order.order_id, "OrderItems": items}})


async def get_address(call: Call) -> Reply:
    """GET /orders/v0/orders/{orderId}/address: empty without a restricted data token."""
    order = order_of(call)
    payload: dict[str, Any] = {"AmazonOrderId": order.order_id}
    if call.elements and order.status != "PENDING":
        payload["ShippingAddress"] = order_v0.address(order)
    return Reply({"payload": payload})


async def get_buyer_info(call: Call) -> Reply:
    """GET /orders/v0/orders/{orderId}/buyerInfo: empty without a restricted data token."""
    order = order_of(call)
    payload: dict[str, Any] = {"AmazonOrderId": order.order_id}
    if call.elements and order.status != "PENDING":
        payload |= order_v0.buyer(order)
    return Reply({"payload": payload})


async def get_items_buyer_info(call: Call) -> Reply:
    """GET /orders/v0/orders/{orderId}/orderItems/buyerInfo."""
    order = order_of(call)
    items = [{"OrderItemId": item.item_id} for item in order.items]
    return Reply({"payload": {"AmazonOrderId": order.order_id, "OrderItems": items}})
