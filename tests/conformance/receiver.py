"""The platform's webhook receiver, as marketplaces reach it; a list stands for the bus."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from aiohttp import web

from bridge.receiver.app import receiver_app
from canonical.envelope import InboundEvent
from canonical.identity import hook_key
from channels.port import Channel
from tests.fixtures.waiting import eventually


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
    """Runs the receiver for these accounts."""
    receiver = Receiver()
    by_key = {(c.name, c.account): c for c in channels}
    app = receiver_app(cast(Any, receiver), by_key)

    @web.middleware
    async def note(request: web.Request, handler: Any) -> web.StreamResponse:
        body = await request.read()
        answer: web.StreamResponse = await handler(request)
        receiver.knocks.append(Knock(request.path, dict(request.headers), body, answer.status))
        return answer

    # Read once here and once by the receiver: the body is kept by the request.
    app.middlewares.append(note)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.port = runner.addresses[0][1]
    try:
        yield receiver
    finally:
        await asyncio.shield(runner.cleanup())
