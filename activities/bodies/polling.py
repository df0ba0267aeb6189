"""Reading an account's orders in bulk, onto the bus: one way in for all that comes."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import structlog
from temporalio import activity

from activities.bodies.documents.discovering import Discovering
from activities.bodies.holding import failure_of
from activities.ports import Platform, TooLargeForBusError
from activities.signatures.accounts import PollInput, PollResult
from activities.signatures.start import PollSubject
from canonical.abilities import Abilities
from canonical.abilities import Polling as Pace
from canonical.envelope import InboundEvent, Source, unread_id
from channels.errors import ChannelError
from channels.port import Channel, OrderPage, RawEvent
from store import Cursor

log = structlog.get_logger(__name__)


class Polling:
    """A long step: pages from the marketplace, each onto the bus before the next is asked for."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @activity.defn(name="poll_orders")
    async def poll_orders(self, arg: PollInput) -> PollResult:
        """Sends what is not applied yet, then moves the watermark if nobody else has.

        Orders or, by the same way, what channels tell apart from them: returns.

        An account's first poll, and each walk, read back as far as the marketplace allows, by the
        backfill queue: old orders must not stand before live ones.
        """
        if arg.subject is PollSubject.DOCUMENTS:
            return await Discovering(self._platform).discover(arg)
        store, channel = self._platform.store, self._platform.channel(arg.channel, arg.account)
        pace = pace_of(channel.abilities, arg.subject)
        if pace is None or await store.holds.get(arg.channel, arg.account):
            return PollResult(events=0, known=0, watermark=None)
        cursor = await store.cursors.get(arg.channel, arg.account, arg.subject.value)
        until = datetime.now(UTC)
        since = _since(arg, cursor, pace, until)
        late = cursor is None or arg.subject is PollSubject.WALK
        sent = seen = 0
        watermark: datetime | None = None
        try:
            async for page in _pages(arg, channel, since, until):
                seen += len(page.events)
                sent += await self._forward(arg, page, backfill=late)
                watermark = max(filter(None, (watermark, page.watermark)), default=None)
                activity.heartbeat(seen)
        except ChannelError as error:
            raise await failure_of(self._platform, error) from error
        if watermark is None:
            # Nothing changed in the whole window, or the channel vouches for no instant in it.
            watermark = since if seen else until
        moved = await store.cursors.commit(
            arg.channel,
            arg.account,
            arg.subject.value,
            _not_back(cursor, watermark).isoformat(),
            cursor.version if cursor else None,
        )
        log.info(
            "polled",
            channel=arg.channel,
            account=arg.account,
            subject=arg.subject.value,
            sent=sent,
            known=seen - sent,
            moved=moved,
        )
        return PollResult(events=sent, known=seen - sent, watermark=watermark if moved else None)

    async def _forward(self, arg: PollInput, page: OrderPage, *, backfill: bool) -> int:
        """Drops what is settled by one look at the inbox, and sends the rest.

        What cannot be read is looked up too: each poll would make one more dead letter of it.
        """
        inbox = self._platform.store.inbox
        events = _envelopes(arg, page.events, backfill=backfill)
        known = await inbox.settled(
            arg.channel, arg.account, [e.event_id for e in events if e.order_id]
        )
        unread = [e.event_id for e in events if not e.order_id]
        if unread:
            known |= await inbox.ended(arg.channel, arg.account, unread)
        fresh = [e for e in events if e.event_id not in known]
        if fresh:
            await self._send(fresh, backfill=backfill)
        return len(fresh)

    async def _send(self, events: list[InboundEvent], *, backfill: bool) -> None:
        """What no message can hold goes to the dead letters at once, or no poll would ever end."""
        try:
            await self._platform.bus.send_inbound(events, backfill=backfill)
        except TooLargeForBusError as error:
            for event in error.events:
                await self._platform.store.inbox.dead_letter(event, "too_large", str(error))


def pace_of(abilities: Abilities, subject: PollSubject) -> Pace | None:
    """How the subject is polled; None where it is not."""
    if subject is PollSubject.RETURNS:
        return abilities.returns.polling if abilities.returns else None
    if subject is PollSubject.DOCUMENTS:
        return abilities.documents_polling if abilities.documents else None
    orders = abilities.polling
    if subject is PollSubject.ORDERS or orders is None:
        return orders
    if orders.walk_every is None:
        return None
    return orders.model_copy(update={"every": orders.walk_every, "overlap": orders.reach})


def _pages(
    arg: PollInput, channel: Channel, since: datetime, until: datetime
) -> AsyncIterator[OrderPage]:
    if arg.subject is PollSubject.RETURNS:
        return channel.list_returns(since, until)
    return channel.list_orders(since, until)


def _since(arg: PollInput, cursor: Cursor | None, pace: Pace, until: datetime) -> datetime:
    earliest = until - pace.reach
    if cursor is None:
        return earliest
    watermark = datetime.fromisoformat(cursor.value)
    if watermark < earliest:
        log.warning(
            "poll gap: the watermark is older than the marketplace lets us look back",
            channel=arg.channel,
            account=arg.account,
            watermark=cursor.value,
        )
    return max(watermark - pace.overlap, earliest)


def _not_back(cursor: Cursor | None, watermark: datetime) -> datetime:
    return max(watermark, datetime.fromisoformat(cursor.value)) if cursor else watermark


def _envelopes(arg: PollInput, raws: Sequence[RawEvent], *, backfill: bool) -> list[InboundEvent]:
    """What cannot be read gets an id of its bytes: the next poll's overlap meets it again."""
    now = datetime.now(UTC)
    return [
        InboundEvent(
            channel=arg.channel,
            account=arg.account,
            event_id=raw.identity.event_id
            if raw.identity
            else unread_id(arg.channel, arg.account, raw.body),
            order_id=raw.identity.order_id if raw.identity else None,
            source=Source.BACKFILL if backfill else Source.POLL,
            received_at=now,
            correlation_id=uuid4().hex,
            body=raw.body,
        )
        for raw in raws
    ]
