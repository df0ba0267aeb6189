"""The consumer of a channel's inbound and backfill queues."""

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from azure.servicebus import ServiceBusReceivedMessage

from bridge.bus.messages import BadEnvelopeError, inbound_event, replayed_unread
from bridge.claims import Claims, NoClaims
from bridge.dispatcher.announced import (
    Announcement,
    BadAnnouncementError,
    DocumentDesk,
    announcement,
)
from bridge.dispatcher.claimed import fetched
from bridge.dispatcher.hand_over import Errands, abandon_all
from bridge.dispatcher.verdict import Fate, Taken, Verdict
from bridge.dispatcher.waker import Waker
from canonical.envelope import EventIdentity, InboundEvent
from channels.errors import ContractError
from channels.port import Channel
from store import EventKey, InboxState, Store
from store.errors import StoreConflictError, StoreUnavailableError

CONTRACT = "contract"
UNKNOWN_CHANNEL = "unknown_channel"
UNKNOWN_ACCOUNT = "unknown_account"
TOO_LARGE = "too_large"
CLAIM_GONE = "claim_gone"

log = structlog.get_logger()


@dataclass(frozen=True)
class _Good:
    message: ServiceBusReceivedMessage
    event: InboundEvent
    identity: EventIdentity


@dataclass(frozen=True)
class _Bad:
    message: ServiceBusReceivedMessage
    event: InboundEvent | None
    """None where not even the envelope could be read: such a message is on the bus alone."""
    reason: str
    description: str


class InboundConsumer:
    """Validates raw events, keeps them in the inbox, and wakes their orders.

    What is wrong with an event is said before anything depends on it, by the very model that its
    order's workflow will read: a signal that does not decode would be dropped with a log line.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[tuple[str, str], Channel],
        waker: Waker,
        claims: Claims | None = None,
        desk: DocumentDesk | None = None,
    ) -> None:
        self._desk = desk
        self._claims = claims or NoClaims()
        self._store = store
        self._channels = channels
        self._names = {channel for channel, _ in channels}
        self._waker = waker

    async def take(self, messages: Sequence[ServiceBusReceivedMessage]) -> Taken:
        good: list[_Good] = []
        bad: list[_Bad] = []
        announced: list[Announcement] = []
        claimed = await fetched(self._claims, messages)
        later: list[Verdict] = []
        for place, message in enumerate(messages):
            if place in claimed.not_now:
                later.append(Verdict(message, Fate.ABANDON))
                continue
            judged = self._judge(message, claimed.bodies.get(place), claimed.gone.get(place, ""))
            if isinstance(judged, _Good):
                good.append(judged)
            elif isinstance(judged, Announcement):
                announced.append(judged)
            else:
                bad.append(judged)
        try:
            states = await self._keep(good)
            for b in bad:
                if b.event is not None:
                    await self._store.inbox.dead_letter(b.event, b.reason, b.description)
        except (StoreUnavailableError, StoreConflictError) as error:
            return abandon_all(messages, str(error))
        taken = Taken([Verdict(b.message, Fate.DEAD_LETTER, b.reason, b.description) for b in bad])
        taken.verdicts += later
        taken.outage = next(iter(claimed.not_now.values()), "")
        await self._wake(good, states, taken)
        if self._desk is not None:
            await self._desk.take(announced, taken)
        return taken

    def _judge(
        self, message: ServiceBusReceivedMessage, body: bytes | None, gone: str
    ) -> _Good | _Bad | Announcement:
        try:
            event = inbound_event(message)
            if body is not None:
                event = event.model_copy(update={"body": body})
        except BadEnvelopeError as error:
            return _Bad(message, None, CONTRACT, f"message {message.message_id}: {error}")
        about = _about(message, event.order_id)
        channel = self._channels.get((event.channel, event.account))
        if channel is None:
            known = event.channel in self._names
            reason = UNKNOWN_ACCOUNT if known else UNKNOWN_CHANNEL
            return _Bad(
                message,
                event,
                reason,
                f"{about}: {event.channel}/{event.account} is not configured here",
            )
        if gone:
            words = f"{about}: {gone}. Look for it in the marketplace's panel."
            return _Bad(message, event, CLAIM_GONE, words)
        if event.cut_from is not None:
            return _Bad(message, event, TOO_LARGE, _cut_words(about, event))
        try:
            told = announcement(message, event, channel) if self._desk is not None else None
            if told is not None:
                return told
        except BadAnnouncementError as error:
            return _Bad(message, event, CONTRACT, f"{about}: {error}")
        try:
            identity = channel.identify(event.body)
        except ContractError as error:
            event = event.model_copy(update={"order_id": event.order_id or error.order_id})
            about = _about(message, event.order_id)
            return _Bad(message, event, CONTRACT, _contract_words(about, error))
        except Exception as error:  # noqa: BLE001 - one bad event must not stop those behind it
            # Its text may quote the body, so the place has to do.
            where = f"{type(error).__name__} at {_place(error)}"
            log.error("identify_failed", message_id=message.message_id, where=where)
            return _Bad(message, event, CONTRACT, f"{about}: the reader failed with {where}")
        # The replay of what could not be read keeps the id of its dead letter in the inbox, which
        # so becomes the event that it is; its version tells whether another way brought it too.
        event_id = event.event_id if replayed_unread(message) else identity.event_id
        event = event.model_copy(update={"event_id": event_id, "order_id": identity.order_id})
        return _Good(message, event, identity)

    async def _keep(self, good: Sequence[_Good]) -> Mapping[EventKey, InboxState]:
        if not good:
            return {}
        return await self._store.inbox.receive([g.event for g in good], [g.identity for g in good])

    async def _wake(
        self,
        good: Sequence[_Good],
        states: Mapping[EventKey, InboxState],
        taken: Taken,
    ) -> None:
        errands = Errands()
        for g in good:
            ref = g.event.ref
            if ref is None:
                raise AssertionError("an identified event has an order")
            if states[ref.channel, ref.account, g.event.event_id] is InboxState.RECEIVED:
                abilities = self._channels[ref.channel, ref.account].abilities
                errands.add(ref, abilities, g.event.correlation_id, g.message, g.event.event_id)
            else:
                taken.duplicates += 1
                taken.verdicts.append(Verdict(g.message, Fate.COMPLETE))
        await errands.run(self._waker, taken)


def _about(message: ServiceBusReceivedMessage, order_id: str | None) -> str:
    return f"message {message.message_id}, order {order_id or 'unknown'}"


def _cut_words(about: str, event: InboundEvent) -> str:
    return (
        f"{about}: {event.cut_from} bytes or more came, which is larger than is taken; the first"
        f" {len(event.body)} are kept. Look for the order in the marketplace's panel."
    )


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def _contract_words(about: str, error: ContractError) -> str:
    if not error.fields:
        return f"{about}: {error.message}"
    return f"{about}: does not fit in {', '.join(error.fields)}"
