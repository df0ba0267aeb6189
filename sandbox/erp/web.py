"""The ERP's HTTP surface, for tests, people and the judge."""

import json
import time
import uuid
from datetime import UTC, datetime

from aiohttp import web

from sandbox.erp.book import Book
from sandbox.erp.commands import arbitrary
from sandbox.erp.line import Line
from sandbox.erp.outbox import Outbox
from sandbox.erp.report import counts, report
from sandbox.erp.switch import Switch

COMMAND_LIMIT = 128 * 1024
"""Bytes; the bus takes 256 KB a message."""


class Surface:
    """Handlers of the surface."""

    def __init__(self, book: Book, outbox: Outbox, line: Line, switch: Switch) -> None:
        self._book = book
        self._outbox = outbox
        self._line = line
        self._switch = switch

    def app(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=COMMAND_LIMIT)
        app.router.add_get("/health", self._health)
        app.router.add_get("/book", self._show)
        app.router.add_post("/pause", self._pause)
        app.router.add_post("/resume", self._resume)
        app.router.add_post("/commands", self._command)
        return app

    async def _health(self, _: web.Request) -> web.Response:
        state = {
            "status": "ok",
            "connected": self._line.connected,
            "paused": self._switch.paused,
        }
        return web.json_response(state | counts(self._book))

    async def _show(self, request: web.Request) -> web.Response:
        names = ("channel", "account", "order_id")
        return web.json_response(report(self._book, *(request.query.get(name) for name in names)))

    async def _pause(self, _: web.Request) -> web.Response:
        await self._switch.pause()
        return web.json_response({"paused": True})

    async def _resume(self, _: web.Request) -> web.Response:
        self._switch.resume()
        return web.json_response({"paused": False})

    async def _command(self, request: web.Request) -> web.Response:
        """Sends any command. One whose id was used before leaves again as it was."""
        try:
            content = json.loads(await request.read())
            if not isinstance(content, dict):
                raise ValueError("a command is a JSON object")
            command = arbitrary(content, f"erp-manual-{uuid.uuid4()}", datetime.now(UTC))
        except (ValueError, AttributeError) as error:
            return web.json_response({"error": str(error)}, status=400)
        now = time.time()
        with self._book.transaction():
            fresh = self._outbox.put(command, now)
            if not fresh:
                self._outbox.again(command.command_id, now)
        self._line.stir()
        return web.json_response({"command_id": command.command_id, "fresh": fresh}, status=202)
