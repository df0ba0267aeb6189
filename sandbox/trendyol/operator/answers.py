"""Bodies of the operator's surface."""

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from sandbox.trendyol.errors import json_response
from sandbox.trendyol.gate import WORLD
from sandbox.trendyol.model import Package
from sandbox.trendyol.world import World

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
            return json_response({"error": str(trouble)}, 400)
        world.database.commit()
        return json_response(answer)

    return endpoint


async def body_of(request: web.Request) -> Any:
    """The JSON body, {} when there is none; numbers with a point become Decimal."""
    text = await request.text()
    return json.loads(text, parse_float=Decimal) if text else {}


def package_of(world: World, request: web.Request) -> Package:
    """The package of the path.

    Raises:
        Wrong: There is none.
    """
    seller, package_id = request.match_info["seller"], request.match_info["package"]
    package = world.packages.get(seller, int(package_id))
    if package is None:
        raise Wrong(f"seller {seller} has no package {package_id}")
    return package
