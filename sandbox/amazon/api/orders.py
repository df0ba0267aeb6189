"""Orders 2026-01-01: searchOrders and getOrder."""

from typing import Any

from sandbox.amazon import paging
from sandbox.amazon.api.windows import Window, csv_of, page_size, window
from sandbox.amazon.errors import invalid, not_found
from sandbox.amazon.gate import Call, Reply
from sandbox.amazon.model import Order
from sandbox.amazon.render.order import INCLUDED, render
from sandbox.amazon.stamps import iso
from sandbox.amazon.statuses import V0

PARAMETERS = frozenset(
    [
        "createdAfter",
        "createdBefore",
        "lastUpdatedAfter",
        "lastUpdatedBefore",
        "fulfillmentStatuses",
        "marketplaceIds",
        "fulfilledBy",
        "maxResultsPerPage",
        "includedData",
    ]
)
MAX_MARKETPLACES = 50


async def search_orders(call: Call) -> Reply:
    """GET /orders/2026-01-01/orders."""
    query = call.query
    asked = {name: query[name] for name in sorted(PARAMETERS) if name in query}
    span = window(call, query, "created", "lastUpdated")
    included = _included(query)
    size = page_size(query.get("maxResultsPerPage"), 1, 100, 100)
    size = min(size, call.world.knobs.page_limit or size)
    if len(csv_of(query.get("marketplaceIds"))) > MAX_MARKETPLACES:
        raise invalid(f"marketplaceIds has more than {MAX_MARKETPLACES} values")
    after: list[Any] = [0, ""]
    if text := query.get("paginationToken"):
        knobs = call.world.knobs
        life = knobs.scaled(knobs.orders_token_life_s)
        state = paging.take(knobs.seed, call.seller, call.operation.name, text, life)
        if state["asked"] != asked:
            raise invalid("The filters differ from those that the pagination token was given for.")
        after, span.end = state["after"], state["end"]
    found = _matching(call, query, span)
    rest = [order for order in found if span.position(order) > tuple(after)]
    page, more = rest[:size], rest[size:]
    body: dict[str, Any] = {"orders": [_rendered(call, order, included) for order in page]}
    if more:
        state = {"asked": asked, "after": span.position(page[-1]), "end": span.end}
        token = paging.give(call.world.knobs.seed, call.seller, call.operation.name, state)
        body["pagination"] = {"nextToken": token}
    body[f"{span.family}Before"] = iso(span.end)
    return Reply(body)


async def get_order(call: Call) -> Reply:
    """GET /orders/2026-01-01/orders/{orderId}."""
    included = _included(call.query)
    order = order_of(call)
    return Reply({"order": _rendered(call, order, included)})


def order_of(call: Call) -> Order:
    """The order of the path, as the caller sees it.

    Raises:
        ApiError: 404, there is none or it cannot be seen yet.
    """
    knobs = call.world.knobs
    lag = knobs.lag_ms() if knobs.lag_holds_for == "all" else 0
    order = call.world.orders.seen(call.seller, call.path("orderId"), lag)
    if order is None:
        raise not_found("The requested order was not found.")
    return order


def _rendered(call: Call, order: Order, included: frozenset[str]) -> Any:
    roles = call.account.roles if call.account else frozenset()
    return render(order, included, roles, call.world.knobs)


def _included(query: dict[str, str]) -> frozenset[str]:
    included = frozenset(csv_of(query.get("includedData")))
    if unknown := included - INCLUDED:
        raise invalid(f"includedData has no {', '.join(sorted(unknown))}")
    return included


def _matching(call: Call, query: dict[str, str], span: Window) -> list[Order]:
    statuses = csv_of(query.get("fulfillmentStatuses"))
    if unknown := set(statuses) - set(V0):
        raise invalid(f"fulfillmentStatuses has no {', '.join(sorted(unknown))}")
    channels = {"MERCHANT": "MFN", "AMAZON": "AFN"}
    by = csv_of(query.get("fulfilledBy"))
    if unknown := set(by) - set(channels):
        raise invalid(f"fulfilledBy has no {', '.join(sorted(unknown))}")
    wanted = {channels[each] for each in by} or set(channels.values())
    return span.select(
        order
        for order in call.world.orders.of_seller(call.seller, call.world.knobs.lag_ms())
        if order.channel in wanted and (not statuses or order.status in statuses)
    )
