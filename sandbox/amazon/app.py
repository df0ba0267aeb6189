"""The web application over one world."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.amazon import events, traffic
from sandbox.amazon.api import routes as api_routes
from sandbox.amazon.conformance import AmazonBench
from sandbox.amazon.documents import serving
from sandbox.amazon.errors import DENIED, ApiError
from sandbox.amazon.feeds import working
from sandbox.amazon.gate import WORLD
from sandbox.amazon.operator.routes import add_routes as add_operator_routes
from sandbox.amazon.reports import making
from sandbox.amazon.world import World
from sandbox.conformance import surface

MAX_BODY = 32 * 1024 * 1024


def make_app(world: World) -> web.Application:
    """The API, the token endpoint, the storage, and the operator's surface under /_sandbox."""
    app = web.Application(middlewares=[_gateway], client_max_size=MAX_BODY)
    app[WORLD] = world
    api_routes.add_routes(app)
    serving.add_routes(app)
    add_operator_routes(app)
    surface.add_routes(app, AmazonBench(world), world.database.commit)
    events.register(world)
    making.register(world)
    working.register(world)
    traffic.register(world)
    app.cleanup_ctx.append(_in_the_background)
    return app


@web.middleware
async def _gateway(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Unknown paths and verbs get 403 as everything that is not allowed."""
    try:
        return await handler(request)
    except web.HTTPException as refusal:
        if refusal.status == 413:
            return ApiError(413, "RequestTooLarge", "The request is too large.").response()
        if refusal.status not in (404, 405):
            raise
        return ApiError(403, "MissingAuthenticationToken", DENIED).response()


async def _in_the_background(app: web.Application) -> AsyncIterator[None]:
    world = app[WORLD]
    running = [
        asyncio.create_task(world.timers.run()),
        asyncio.create_task(world.deliveries.run()),
    ]
    yield
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await world.deliveries.stop()
    world.database.close()
