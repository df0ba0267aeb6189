"""Bodies of the operator's surface."""

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from sandbox.amazon.accounts import Account
from sandbox.amazon.gate import WORLD
from sandbox.amazon.model import Order
from sandbox.amazon.world import World

Handler = Callable[[World, web.Request], Awaitable[object]]


class Wrong(Exception):
    """What an operator asked for cannot be done; the text says why."""


def operated(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Commits what the operator did and answers JSON."""

    async def endpoint(request: web.Request) -> web.StreamResponse:
        world = request.app[WORLD]
        try:
            answer = await handler(world, request)
        except (Wrong, ValidationError, ValueError) as trouble:
            return web.json_response({"error": str(trouble)}, status=400)
        world.database.commit()
        return web.json_response(text=json.dumps(answer, ensure_ascii=False, default=str))

    return endpoint


async def body_of(request: web.Request) -> Any:
    """The JSON body, {} when there is none; numbers with a point become Decimal."""
    text = await request.text()
    return json.loads(text, parse_float=Decimal) if text else {}


def account_of(world: World, seller: str) -> Account:
    """The seller.

    Raises:
        Wrong: There is none.
    """
    account = world.accounts.get(seller)
    if account is None:
        raise Wrong(f"there is no seller {seller}")
    return account


def order_of(world: World, request: web.Request) -> Order:
    """The order of the path.

    Raises:
        Wrong: There is none.
    """
    seller, order_id = request.match_info["seller"], request.match_info["order"]
    order = world.orders.get(seller, order_id)
    if order is None:
        raise Wrong(f"seller {seller} has no order {order_id}")
    return order
