"""The calls of the toy's API, below /api."""

import json
from typing import Any

from aiohttp import web

from sandbox.stall import lifecycle
from sandbox.stall.market import Call, Handler, Route
from sandbox.stall.orders import Order
from sandbox.stall.refusals import bad_request
from tests.conformance.toy.sandbox import tokens

PARTLY = "partly"
"""Under it the bench keeps how many writes are to be answered so: well, and not done."""


async def orders(call: Call) -> web.Response:
    """GET /api/orders: by last change, a page from a cursor on (or, deprecated, from an offset)."""
    query, world = call.request.query, call.world
    start, end = int(query["from"]), int(query["to"])
    after = tuple(json.loads(query.get("cursor", "[0, 0]")))
    found = sorted(
        (o for o in world.orders.of_seller(call.seller.seller_id) if world.visible(o)), key=_place
    )
    found = [o for o in found if start <= o.updated_at <= end and _place(o) > after]
    found = found[int(query.get("offset", 0)) :]
    size = world.knobs.page_size
    page = found[:size]
    following = json.dumps(_place(page[-1])) if len(found) > size else ""
    bodies = ",".join(world.rendered(order) for order in page)
    text = f'{{"orders":[{bodies}],"next":{json.dumps(following)}}}'
    return web.Response(text=text, content_type="application/json")


async def order(call: Call) -> web.Response:
    """GET /api/orders/{order}."""
    text = call.world.rendered(call.order())
    return web.Response(text=text, content_type="application/json")


async def accept(call: Call) -> web.Response:
    """POST /api/orders/{order}/accept."""
    lifecycle.accept(call.world, call.order())
    return _done()


async def ship(call: Call) -> web.Response:
    """POST /api/orders/{order}/ship."""
    body = await _body(call)
    lifecycle.ship(call.world, call.order(), body["carrier"], body["tracking"])
    return _done()


async def cancel(call: Call) -> web.Response:
    """POST /api/orders/{order}/cancel."""
    units = (await _body(call))["units"]
    if not units:
        raise bad_request("units are missing")
    lifecycle.cancel(call.world, call.order(), units, lifecycle.SELLER)
    return _done()


async def webhooks(call: Call) -> web.Response:
    """GET /api/webhooks."""
    mine = call.world.hooks.of_seller(call.seller.seller_id)
    rows = [{"url": hook.url, "active": hook.status == "ACTIVE"} for hook in mine]
    return web.json_response({"webhooks": rows})


async def subscribe(call: Call) -> web.Response:
    """PUT /api/webhooks: one for each URL; PUT switches it on again."""
    call.world.hooks.subscribe(call.seller.seller_id, (await _body(call))["url"])
    return web.json_response({})


def written(handler: Handler) -> Handler:
    """A write that may be answered well without being done."""

    async def checked(call: Call) -> web.Response:
        database, key = call.world.database, call.seller.seller_id
        left = int(database.get(PARTLY, key) or 0)
        if not left:
            return await handler(call)
        database.put(PARTLY, key, str(left - 1))
        words = f"Order {call.request.match_info['order']} is locked."
        return web.json_response({"results": [{"ok": False, "code": "locked", "message": words}]})

    return checked


def _place(order: Order) -> tuple[int, int]:
    return order.updated_at, int(order.number)


def _done() -> web.Response:
    return web.json_response({"results": [{"ok": True}]})


async def _body(call: Call) -> Any:
    return json.loads(await call.request.text())


ROUTES = (
    Route("login", "POST", "/api/login", tokens.login),
    Route("orders", "GET", "/api/orders", orders),
    Route("order", "GET", "/api/orders/{order}", order),
    Route("accept", "POST", "/api/orders/{order}/accept", written(accept)),
    Route("ship", "POST", "/api/orders/{order}/ship", written(ship)),
    Route("cancel", "POST", "/api/orders/{order}/cancel", written(cancel)),
    Route("webhook_read", "GET", "/api/webhooks", webhooks),
    Route("webhook_write", "PUT", "/api/webhooks", subscribe),
)
