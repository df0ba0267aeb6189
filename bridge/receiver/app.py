"""The receiver's HTTP surface."""

from collections.abc import Mapping

from aiohttp import web

from activities.ports import BusUnavailableError
from bridge.bus import ServiceBus
from bridge.receiver.hooks import Hooks
from channels.port import Channel


def receiver_app(bus: ServiceBus, channels: Mapping[tuple[str, str], Channel]) -> web.Application:
    """An application with `POST /webhooks/...` and `GET /health`."""
    hooks = Hooks(bus, channels)

    async def health(_: web.Request) -> web.Response:
        """200 while hooks would be taken, 503 with the reason while not."""
        try:
            await bus.check()
        except BusUnavailableError as error:
            return web.json_response({"ready": False, "why": str(error)}, status=503)
        return web.json_response({"ready": True})

    async def finish(_: web.Application) -> None:
        await hooks.close()

    app = web.Application()
    app.router.add_post("/webhooks/{key}", hooks.handle)
    app.router.add_post("/webhooks/{channel}/{account}", hooks.handle)
    app.router.add_get("/health", health)
    app.on_cleanup.append(finish)
    return app
