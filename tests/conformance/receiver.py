"""The platform's webhook receiver, as marketplaces reach it; a list stands for the bus."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
from aiohttp import web

from bridge.receiver.app import receiver_app
from canonical.envelope import InboundEvent
from canonical.identity import hook_key
from channels.port import Channel
from tests.fixtures.waiting import eventually

HOPS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})
"""Headers that belong to one connection."""


@dataclass(frozen=True)
class Knock:
    """One request that came, and its answer."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int


@dataclass
class Receiver:
    """What came and what was made of it."""

    port: int = 0
    events: list[InboundEvent] = field(default_factory=list)
    knocks: list[Knock] = field(default_factory=list)

    def url_of(self, channel: Channel) -> str:
        """Where the account's webhook points."""
        return f"http://127.0.0.1:{self.port}/webhooks/{hook_key(channel.name, channel.account)}"

    def of(self, account: str, order_id: str | None) -> list[InboundEvent]:
        """An order's events in the order in which they came."""
        return [e for e in self.events if (e.account, e.order_id) == (account, order_id)]

    async def told(self, account: str, order_id: str | None, least: int = 1) -> list[InboundEvent]:
        """Waits for an order's events."""

        async def enough() -> list[InboundEvent] | None:
            found = self.of(account, order_id)
            return found if len(found) >= least else None

        return await eventually(enough, within_s=10)

    async def knocked(self, since: int, least: int = 1) -> list[Knock]:
        """Waits for requests after the first `since` of them."""

        async def enough() -> list[Knock] | None:
            found = self.knocks[since:]
            return found if len(found) >= least else None

        return await eventually(enough, within_s=10)

    # What the receiver asks of the bus.

    async def send_inbound(self, events: Sequence[InboundEvent], *, backfill: bool = False) -> None:
        self.events += events

    async def check(self) -> None:
        return None


@asynccontextmanager
async def receiving(channels: Sequence[Channel]) -> AsyncIterator[Receiver]:
    """Runs the receiver for these accounts, behind a door that writes down what comes."""
    receiver = Receiver()
    by_key = {(c.name, c.account): c for c in channels}
    behind = await _served(receiver_app(cast(Any, receiver), by_key))
    async with aiohttp.ClientSession() as session:

        async def passed_on(request: web.Request) -> web.Response:
            body = await request.read()
            headers = {k: v for k, v in request.headers.items() if k.lower() not in HOPS}
            url = f"http://127.0.0.1:{_port(behind)}{request.path}"
            async with session.post(url, data=body, headers=headers) as answer:
                text, status = await answer.read(), answer.status
            receiver.knocks.append(Knock(request.path, headers, body, status))
            return web.Response(body=text, status=status)

        door = web.Application(client_max_size=2**24)
        door.router.add_post("/{path:.*}", passed_on)
        front = await _served(door)
        receiver.port = _port(front)
        try:
            yield receiver
        finally:
            await front.cleanup()
            await behind.cleanup()


async def _served(app: web.Application) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


def _port(runner: web.AppRunner) -> int:
    return int(runner.addresses[0][1])
