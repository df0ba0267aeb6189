"""The web application over one world."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.conformance import surface
from sandbox.trendyol import events, traffic
from sandbox.trendyol.api import routes as api_routes
from sandbox.trendyol.errors import ApiError
from sandbox.trendyol.gate import WORLD
from sandbox.trendyol.operator import routes as operator_routes
from sandbox.trendyol.operator.conformance import TrendyolBench
from sandbox.trendyol.world import World

MAX_BODY = 16 * 1024 * 1024


def make_app(world: World) -> web.Application:
    """The API under /integration and the operator's surface under /_sandbox."""
    app = web.Application(middlewares=[_gateway], client_max_size=MAX_BODY)
    app[WORLD] = world
    api_routes.add_routes(app)
    operator_routes.add_routes(app)
    surface.add_routes(app, TrendyolBench(world), world.database.commit)
    events.register(world)
    traffic.register(world)
    app.cleanup_ctx.append(_in_the_background)
    return app


@web.middleware
async def _gateway(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Unknown paths and verbs get the gateway's error body."""
    try:
        return await handler(request)
    except web.HTTPException as refusal:
        if refusal.status not in (404, 405, 413):
            raise
        error = ApiError(refusal.status, "generic.exception", refusal.reason, shape="A")
        return error.response("", "en")


async def _in_the_background(app: web.Application) -> AsyncIterator[None]:
    world = app[WORLD]
    await world.postman.start()
    timers = asyncio.create_task(world.timers.run())
    yield
    timers.cancel()
    await asyncio.gather(timers, return_exceptions=True)
    await world.postman.stop()
    world.database.close()
