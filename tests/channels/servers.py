"""Small HTTP servers for single tests: they note what came and answer what the test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.errors import ThrottledError
from channels.limiter import Allowance, Slot

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Came:
    """One request as the server saw it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass
class Server:
    """Where it listens, and what came."""

    url: str
    came: list[Came] = field(default_factory=list)


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[Server]:
    """Serves every path by one function, on a free port."""
    seen = Server("")

    async def note(request: web.Request) -> web.StreamResponse:
        seen.came.append(
            Came(
                request.method,
                request.rel_url.raw_path,
                dict(request.query),
                {name.lower(): value for name, value in request.headers.items()},
                await request.read(),
            )
        )
        return await answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", note)
    server = TestServer(app)
    await server.start_server()
    seen.url = str(server.make_url("")).rstrip("/")
    try:
        yield seen
    finally:
        await server.close()


def answers(*responses: Any, status: int = 200) -> Answer:
    """Answers with each JSON value in turn, with the last one for ever after."""
    left = list(responses)

    async def answer(request: web.Request) -> web.StreamResponse:
        value = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(value, web.Response):
            # A response object serves one request only.
            return web.Response(status=value.status, body=value.body, headers=value.headers)
        return web.json_response(value, status=status)

    return answer


async def cuts(request: web.Request) -> web.StreamResponse:
    """Takes the request and breaks the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def sleeps(request: web.Request) -> web.StreamResponse:
    """Never answers within a test's patience."""
    await asyncio.sleep(30)
    return web.Response()


@dataclass
class CountingLimiter:
    """Lets everything through and counts, or refuses where a test says so."""

    reserved: list[tuple[str, str, bool]] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)
    corrected: list[tuple[str, str, timedelta]] = field(default_factory=list)
    adjusted: list[tuple[str, str, Allowance]] = field(default_factory=list)
    full: bool = False

    async def reserve(self, account: str, operation: str, *, urgent: bool = False) -> Slot:
        if self.full:
            raise ThrottledError("toy", account, operation, "no slot")
        self.reserved.append((account, operation, urgent))
        return Slot()

    async def done(self, account: str, operation: str) -> None:
        self.ended.append((account, operation))

    async def correct(
        self, account: str, operation: str, retry_after: timedelta, ago: timedelta = timedelta(0)
    ) -> None:
        self.corrected.append((account, operation, retry_after))

    async def adjust(
        self,
        account: str,
        operation: str,
        allowance: Allowance,
        ago: timedelta = timedelta(0),
    ) -> None:
        self.adjusted.append((account, operation, allowance))
