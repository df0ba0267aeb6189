"""The dispatcher's small HTTP port: is it at work, and what has it done."""

from aiohttp import web

from bridge.dispatcher import Dispatcher


def dispatcher_app(dispatcher: Dispatcher) -> web.Application:
    """An application with `GET /health` and `GET /metrics` (JSON)."""

    async def health(_: web.Request) -> web.Response:
        """503 while the breaker is open: alive, but nothing is taken."""
        is_open, why = dispatcher.breaker.is_open, dispatcher.breaker.why
        return web.json_response({"ready": not is_open, "why": why}, status=503 if is_open else 200)

    async def metrics(_: web.Request) -> web.Response:
        return web.json_response(dispatcher.as_json())

    app = web.Application()
    app.router.add_get("/health", health)
    app.router.add_get("/metrics", metrics)
    return app
