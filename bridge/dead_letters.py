"""Dead letters of the whole bus: list them, look at one, send them again."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog
from azure.core.exceptions import AzureError
from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver
from azure.servicebus.exceptions import MessageLockLostError

from activities.ports import BusUnavailableError
from activities.signatures.start import ORDERS_TOPIC, backfill_queue, inbound_queue
from bridge.bus import ServiceBus
from bridge.bus.declaration import entities
from bridge.bus.messages import body_bytes
from bridge.bus.resend import own_properties

PAGE = 100
WAIT = 2.0
"""Seconds without a further message after which the rest is taken to be locked by another."""

CONCURRENT = 8
"""Entities looked into at the same time; each costs a connection and a second."""

log = structlog.get_logger()


@dataclass(frozen=True)
class DeadLetter:
    """What a list shows of one: nothing of its body."""

    entity: str
    sequence_number: int
    reason: str
    description: str
    enqueued_at: datetime | None
    """When it first came to its entity."""
    delivery_count: int
    properties: dict[str, str]
    """As it carries them: channel, account, order_id, event_id, received_at, correlation_id, ..."""
    size: int
    """Bytes of the body."""


@dataclass(frozen=True)
class OpenedLetter:
    """One dead letter with its body, for a person's eyes alone: it may hold personal data."""

    letter: DeadLetter
    body: str
    personal: bool = True


@dataclass(frozen=True)
class Replayed:
    """What a replay did.

    Attributes:
        sent: Sequence numbers of the dead letters that were sent again and completed.
        again: Sent again, but their dead letter stands: its lock was lost meanwhile. Replaying it
            once more is harmless, the event id is known by then.
        missing: Sequence numbers that were asked for and are not there, or locked by another.
    """

    sent: tuple[int, ...]
    again: tuple[int, ...]
    missing: tuple[int, ...]


class DeadLetters:
    """The dead letters of every queue and subscription of the platform."""

    def __init__(self, bus: ServiceBus, channels: Iterable[str]) -> None:
        self._bus = bus
        self._channels = tuple(channels)

    @property
    def entities(self) -> tuple[str, ...]:
        """All that can have dead letters; subscriptions as `topic/Subscriptions/name`."""
        return entities(self._channels)

    async def list(
        self, entity: str | None = None, *, reason: str | None = None
    ) -> list[DeadLetter]:
        """Peeks at dead letters, which neither locks nor counts.

        Args:
            entity: Only of this queue or subscription.
            reason: Only of this reason.

        Raises:
            BusUnavailableError: The bus is away, or has no such entity.
        """
        names = (entity,) if entity else self.entities
        at_once = asyncio.Semaphore(CONCURRENT)

        async def of(name: str) -> list[DeadLetter]:
            async with at_once, self._open(name) as receiver:
                return [_letter(name, m) async for m in _peek(receiver)]

        found = await asyncio.gather(*(of(name) for name in names))
        return [x for letters in found for x in letters if reason in (None, x.reason)]

    async def show(self, entity: str, sequence_number: int) -> OpenedLetter | None:
        """One dead letter with its body decoded, or None where there is none of this number."""
        async with self._open(entity) as receiver:
            page = await receiver.peek_messages(1, sequence_number=sequence_number)
            if not page or page[0].sequence_number != sequence_number:
                return None
            body = body_bytes(page[0]).decode("utf-8", "backslashreplace")
            return OpenedLetter(_letter(entity, page[0]), body)

    async def replay(
        self,
        entity: str,
        *,
        sequence_numbers: Collection[int] | None = None,
        reason: str | None = None,
    ) -> Replayed:
        """Sends dead letters of one entity again, all of them or those that are chosen.

        Inbound events go to their channel's backfill queue, behind live orders; commands and
        events to where they were sent first. A dead letter is completed only after the bus has
        its successor, which has a new message id and keeps event id, first receipt and
        correlation id: a crash in between sends it twice, which changes nothing.

        Raises:
            BusUnavailableError: The bus is away; dead letters that were not sent again stand.
        """
        sent: list[int] = []
        again: list[int] = []
        async with self._open(entity) as receiver:
            # Chosen beforehand: what is dead-lettered again meanwhile must not go round and round.
            chosen = {
                m.sequence_number or 0
                async for m in _peek(receiver)
                if reason in (None, m.dead_letter_reason)
                and (sequence_numbers is None or m.sequence_number in sequence_numbers)
            }
            passed_over = []
            async for message in _until_seen(receiver, chosen):
                number = message.sequence_number or 0
                if number not in chosen:
                    passed_over.append(message)
                    continue
                await self._bus.resend(self._target(entity), message)
                (sent if await _completed(receiver, message) else again).append(number)
                log.info("replayed", entity=entity, sequence_number=number)
            for message in passed_over:
                await _give_back(receiver, message)
        missing = (chosen | set(sequence_numbers or ())) - set(sent) - set(again)
        return Replayed(tuple(sent), tuple(again), tuple(sorted(missing)))

    def _target(self, entity: str) -> str:
        for channel in self._channels:
            if entity in (inbound_queue(channel), backfill_queue(channel)):
                return backfill_queue(channel)
        topic, _, _ = entity.partition("/Subscriptions/")
        return ORDERS_TOPIC if topic == ORDERS_TOPIC else entity

    @asynccontextmanager
    async def _open(self, entity: str) -> AsyncIterator[ServiceBusReceiver]:
        try:
            async with self._bus.dead_letter_receiver(entity) as receiver:
                yield receiver
        except (AzureError, OSError) as error:
            raise BusUnavailableError(f"Dead letters of {entity!r}: {error}") from error


async def _peek(receiver: ServiceBusReceiver) -> AsyncIterator[ServiceBusReceivedMessage]:
    start = 1
    while page := await receiver.peek_messages(PAGE, sequence_number=start):
        for message in page:
            yield message
        start = (page[-1].sequence_number or 0) + 1


async def _until_seen(
    receiver: ServiceBusReceiver, chosen: Collection[int]
) -> AsyncIterator[ServiceBusReceivedMessage]:
    """Receives each dead letter once, until all chosen were seen or no other comes."""
    seen: set[int] = set()
    while not seen.issuperset(chosen):
        page = await receiver.receive_messages(PAGE, max_wait_time=WAIT)
        fresh = [m for m in page if m.sequence_number not in seen]
        if not fresh:
            return
        for message in fresh:
            seen.add(message.sequence_number or 0)
            yield message


async def _completed(receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) -> bool:
    try:
        await receiver.complete_message(message)
    except MessageLockLostError:
        return False
    return True


async def _give_back(receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) -> None:
    try:
        await receiver.abandon_message(message)
    except MessageLockLostError:
        log.info("lock_lost", sequence_number=message.sequence_number)  # it is back by itself


def _letter(entity: str, message: ServiceBusReceivedMessage) -> DeadLetter:
    return DeadLetter(
        entity=entity,
        sequence_number=message.sequence_number or 0,
        reason=message.dead_letter_reason or "",
        description=message.dead_letter_error_description or "",
        enqueued_at=message.enqueued_time_utc,
        delivery_count=message.delivery_count or 0,
        properties=own_properties(message),
        size=len(body_bytes(message)),
    )
