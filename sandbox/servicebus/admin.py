"""The admin port: health, figures, and declaring more entities at run time."""

from collections.abc import Callable
from typing import Any

import yaml
from aiohttp import web

from sandbox.servicebus.broker.declaration import DeclarationError, parse_declaration
from sandbox.servicebus.broker.namespace import Namespace


class Admin:
    """A small HTTP server beside the AMQP port.

    Args:
        namespace: The entities.
        connections: Says how many clients are connected.
    """

    def __init__(self, namespace: Namespace, connections: Callable[[], int]) -> None:
        self._namespace = namespace
        self._connections = connections
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> int:
        """Listens and returns the port."""
        app = web.Application()
        app.router.add_get("/health", self._health)
        app.router.add_get("/entities", self._entities)
        app.router.add_put("/entities", self._declare)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        found: int = self._runner.addresses[0][1]
        return found

    async def stop(self) -> None:
        """Ends."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _health(self, _request: web.Request) -> web.Response:
        failure = self._namespace.store.commits.failure
        status = "ok" if failure is None else f"the last commit failed: {failure}"
        return web.json_response(
            {"status": status, "connections": self._connections()},
            status=200 if failure is None else 503,
        )

    async def _entities(self, _request: web.Request) -> web.Response:
        return web.json_response(self._namespace.report())

    async def _declare(self, request: web.Request) -> web.Response:
        try:
            content = yaml.safe_load(await request.text())
            declaration = parse_declaration(content)
            if declaration.keys:
                raise DeclarationError("keys can only be declared in the file, at the start")
            await self._namespace.declare_later(declaration, content)
        except (DeclarationError, yaml.YAMLError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response(self._namespace.report())

    async def _metrics(self, _request: web.Request) -> web.Response:
        lines = [f"servicebus_connections {self._connections()}"]
        lines.append(f"servicebus_commits_total {self._namespace.store.commits.count}")
        report = self._namespace.report()
        for kind in ("queues", "subscriptions"):
            for name, figures in report[kind].items():
                lines += _lines(name, figures)
        return web.Response(text="\n".join(lines) + "\n")


def _lines(name: str, figures: dict[str, Any]) -> list[str]:
    label = '{entity="' + name.replace("\\", "\\\\").replace('"', '\\"') + '"}'
    lines = [
        f"servicebus_messages_{key}{label} {value}"
        for key, value in figures.items()
        if isinstance(value, int)
    ]
    lines += [f"servicebus_{key}_total{label} {value}" for key, value in figures["totals"].items()]
    return lines
