"""What every call of the API passes: authentication, quota, faults, the count."""

import math
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from sandbox.engine.clock import now_ms
from sandbox.stall.faults import Outcome, under
from sandbox.stall.market import Call, Route
from sandbox.stall.refusals import Refusal
from sandbox.stall.unwritten import NotWrittenYetError
from sandbox.stall.world import World

WORLD = web.AppKey("world", World)
NOBODY = "-"
"""Whose call it is where nobody is authenticated."""

log = structlog.get_logger()


def guarded(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Wraps an operation."""

    async def endpoint(request: web.Request) -> web.StreamResponse:
        world, arrived = request.app[WORLD], now_ms()
        seller, outcome = await _admitted(world, request, route)
        world.meter.count(seller, route.operation, outcome.label, arrived)
        world.database.commit()
        return await outcome.finish(request)

    return endpoint


async def _admitted(world: World, request: web.Request, route: Route) -> tuple[str, Outcome]:
    whose = NOBODY
    try:
        seller = world.market.authenticate(world, request)
        whose = seller.seller_id
        wait = world.quotas.wait(whose, route.operation)
        if wait:
            header = {"Retry-After": str(math.ceil(wait))}
            raise Refusal(429, "too_many_calls", "Too many calls.", header)
    except Refusal as refusal:
        return whose, Outcome(_refusal(world, refusal))
    except NotWrittenYetError as gap:
        return whose, Outcome(_refusal(world, Refusal(501, "not_written_yet", str(gap))))
    call = Call(world, request, seller, route.operation)
    fault = world.faults.strike(whose, route.operation, request.match_info.get("order"))
    return whose, await under(fault, lambda: _answer(call, route), world.market.refuse)


async def _answer(call: Call, route: Route) -> web.Response:
    try:
        return await route.handler(call)
    except Refusal as refusal:
        return _refusal(call.world, refusal)
    except NotWrittenYetError as gap:
        return _refusal(call.world, Refusal(501, "not_written_yet", str(gap)))
    except Exception:
        log.exception("handler_failed", operation=route.operation)
        return _refusal(call.world, Refusal(500, "fault", "The stand-in has a fault; see its log."))


def _refusal(world: World, refusal: Refusal) -> web.Response:
    response = world.market.refuse(refusal)
    response.headers.update(refusal.headers)
    return response
