"""What one case has: two accounts of one channel at its running sandbox."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import delete

from canonical.abilities import Abilities
from canonical.merge import merge
from canonical.notice import Notice
from canonical.order import Order
from channels.port import Channel, OrderPage, RawEvent
from channels.registry import Row
from sandbox.conformance.words import Ledger, Told
from store import Plain
from store.database import Database
from store.tables import tokens as token_rows
from store.tokens import TokenStore
from tests.conformance.limits import Noted
from tests.conformance.market import Market, market_of
from tests.conformance.receiver import Receiver, receiving
from tests.conformance.rows import as_any
from workers.tokens import keep_tokens

BEFORE = timedelta(seconds=30)
"""How long before a case its reads begin."""


@dataclass
class Trader:
    """One account: the platform's side of it, and the operator's."""

    market: Market
    channel: Channel
    seller: str
    limiter: Noted
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def abilities(self) -> Abilities:
        return self.channel.abilities

    async def place(self, **given: Any) -> Told:
        """A customer places an order."""
        return await self.market.place(self.seller, **given)

    async def told(self, order_id: str) -> Told:
        """The order as it really is."""
        return await self.market.told(self.seller, order_id)

    async def ledger(self) -> Ledger:
        return await self.market.ledger(self.seller)

    async def applied(self, order_id: str, action: str) -> int:
        """How often an action took effect on an order."""
        acts = (await self.told(order_id)).acts
        return sum(act.applied for act in acts if act.action == action)

    async def pages(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> list[OrderPage]:
        """One whole bulk read, by default of what the case did."""
        since, until = since or self.started - BEFORE, until or datetime.now(UTC)
        return [page async for page in self.channel.list_orders(since, until)]

    async def listed(self, order_id: str, **window: datetime) -> list[RawEvent]:
        """An order's events in one bulk read."""
        return of_order(await self.pages(**window), order_id)

    async def read(self, order_id: str) -> tuple[RawEvent, ...]:
        """An order's events: by a read of it, or where there is none by the list."""
        if self.abilities.order_readable:
            return await self.channel.fetch_order(order_id)
        return tuple(await self.listed(order_id))

    async def order(self, order_id: str) -> Order:
        """The order as the platform would record it now."""
        events = await self.read(order_id)
        assert events, f"order {order_id} is not shown"
        return self.folded(events)

    def folded(self, events: list[RawEvent] | tuple[RawEvent, ...]) -> Order:
        """Events of one order, joined as the store joins them."""
        whole: Order | None = None
        for event in events:
            mapped = self.channel.to_canonical(event.body)
            assert not isinstance(mapped, Notice), "this event brings no order"
            whole = merge(whole, mapped).order
        assert whole is not None
        return whole


def of_order(pages: list[OrderPage], order_id: str) -> list[RawEvent]:
    """One order's events of a bulk read."""
    return [
        event
        for page in pages
        for event in page.events
        if event.identity is not None and event.identity.order_id == order_id
    ]


class Stage:
    """What a case gets: two accounts, freshly opened, and a sandbox that was reset."""

    def __init__(
        self, row: Row, market: Market, tokens: TokenStore, database_url: str, mutant: str = ""
    ) -> None:
        self.row = row
        self.market = market
        self.database_url = database_url
        self.mutant = mutant
        """Planted in this process; whoever starts another plants it there too."""
        self._tokens = tokens
        self._channels: list[Channel] = []
        self.one = self.open(0)
        self.other = self.open(1)

    def open(
        self, place: int, limiter: Noted | None = None, options: Mapping[str, Any] | None = None
    ) -> Trader:
        """Opens an account of the demo by its place there, perhaps with other options."""
        given, package = self.market.accounts[place], as_any(self.row)
        limiter = limiter or Noted()
        settings = package.AccountOptions.model_validate({**given["options"], **(options or {})})
        channel = package.connect(given["account"], settings, limiter)
        keep_tokens({(self.row.name, given["account"]): channel}, self._tokens)
        self._channels.append(channel)
        return Trader(self.market, channel, given["seller"], limiter)

    def wrong_secrets(self, place: int) -> dict[str, str]:
        """An account's secret options, each replaced by another of the same kind."""
        package = as_any(self.row)
        options = package.AccountOptions.model_validate(self.market.accounts[place]["options"])
        values = {name: getattr(options, name) for name in type(options).model_fields}
        secrets = {n: v.get_secret_value() for n, v in values.items() if isinstance(v, SecretStr)}
        return {n: text[:-1] + ("x" if text[-1] != "x" else "y") for n, text in secrets.items()}

    @asynccontextmanager
    async def receiver(self) -> AsyncIterator[Receiver]:
        """The platform's receiver, with both accounts' webhooks registered."""
        channels = [self.one.channel, self.other.channel]
        async with receiving(channels) as receiver:
            for channel in channels:
                await channel.subscribe(receiver.url_of(channel))
            yield receiver

    @asynccontextmanager
    async def new_market(self) -> AsyncIterator[Trader]:
        """The first account at a sandbox of its own, where nothing ever happened."""
        with tempfile.TemporaryDirectory(prefix="souk-conformance-") as folder:
            async with (
                market_of(self.row, Path(folder)) as market,
                staged(self.row, market, self.database_url, self.mutant) as stage,
            ):
                yield stage.one

    async def close(self) -> None:
        """Closes all that was opened."""
        for channel in self._channels:
            await channel.close()


@asynccontextmanager
async def staged(
    row: Row, market: Market, database_url: str, mutant: str = ""
) -> AsyncIterator[Stage]:
    """A stage for one case; no token is left of an earlier one."""
    database = Database(database_url, 2)
    store = TokenStore(database, Plain())
    await database.quick(lambda connection: connection.execute(delete(token_rows)))
    await market.reset()
    stage = Stage(row, market, store, database_url, mutant)
    try:
        yield stage
    finally:
        await stage.close()
        await database.close()
