"""The bus as the platform's parts see it: senders kept open, receivers handed out."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache

import certifi
from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusReceivedMessage, ServiceBusSubQueue
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver

from activities.ports import BusUnavailableError, TooLargeForBusError
from activities.signatures.start import (
    ORDERS_TOPIC,
    backfill_queue,
    inbound_queue,
)
from bridge.bus.messages import event_message, inbound_message
from bridge.bus.resend import resent
from bridge.bus.sender import EntitySender
from canonical.envelope import InboundEvent
from canonical.events import Event

REACH_TIMEOUT = 2.0
AMQPS_PORT = 5671


@cache
def trusted() -> ssl.SSLContext:
    """The certificates that the SDK trusts, read once for the process.

    It reads them anew for each connection otherwise, in 25 to 50 ms of the event loop's time
    (measured, SDK 7.15), and a session is a connection.
    """
    return ssl.create_default_context(cafile=certifi.where())


class ServiceBus:
    """Fulfils `activities.ports.Bus` over one namespace.

    Every sender and every receiver of the SDK is a connection of its own; senders are opened at
    first use, or by `open_senders`, and live as long as this object.
    """

    def __init__(self, client: ServiceBusClient) -> None:
        self.client = client
        self._senders: dict[str, EntitySender] = {}

    @classmethod
    def connect(cls, connection_string: str) -> "ServiceBus":
        """Prepares a bus; nothing is opened yet.

        One repeat, for links that the other side closed while idle; beyond that, whoever sends
        waits for the answer and knows best what next.
        """
        client = ServiceBusClient.from_connection_string(
            connection_string, retry_total=1, retry_backoff_factor=0.1, ssl_context=trusted()
        )
        return cls(client)

    async def publish(self, event: Event) -> None:
        """Tells the internal systems, on the `orders` topic.

        Raises:
            BusUnavailableError: Not taken, or nobody knows; the same event may be sent again.
            TooLargeForBusError: The event is larger than a message may be.
        """
        message = event_message(event)
        if await self._sender(ORDERS_TOPIC).send([(event, message)]):
            raise TooLargeForBusError(f"{event.kind} of {event.ref.workflow_id}")

    async def send_inbound(self, events: Sequence[InboundEvent], *, backfill: bool = False) -> None:
        """Sends raw events to their channels' queues, in batches as large as the bus takes."""
        queues: defaultdict[str, list[InboundEvent]] = defaultdict(list)
        for event in events:
            queue = backfill_queue if backfill else inbound_queue
            queues[queue(event.channel)].append(event)
        too_large: list[InboundEvent] = []
        for queue_name, its_events in queues.items():
            items = [(e, inbound_message(e)) for e in its_events]
            too_large += await self._sender(queue_name).send(items)
        if too_large:
            raise TooLargeForBusError(
                ", ".join(
                    f"{e.channel}/{e.account} order {e.order_id or 'unknown'} ({len(e.body)} bytes)"
                    for e in too_large
                ),
                too_large,
            )

    async def resend(self, entity: str, message: ServiceBusReceivedMessage) -> None:
        """Sends a copy of a received message under a new message id, everything else as it was."""
        if await self._sender(entity).send([(message, resent(message))]):
            raise TooLargeForBusError(f"message {message.message_id} for {entity}")

    async def open_senders(self, entities: Iterable[str]) -> None:
        """Opens senders ahead of the first message.

        Raises:
            BusUnavailableError: The bus is away, refuses us, or lacks one of the entities.
        """
        await asyncio.gather(*(self._sender(e).open() for e in entities))

    async def check(self) -> None:
        """Tells whether a message could be sent now.

        A sender that lost its link is opened again, which proves the way as far as the entity;
        links that stand are believed, and the namespace's port is knocked at.

        Raises:
            BusUnavailableError: It could not.
        """
        lost = [name for name, sender in self._senders.items() if not sender.is_open]
        await self.open_senders(lost)
        host, _, port = self.client.fully_qualified_namespace.partition(":")
        try:
            async with asyncio.timeout(REACH_TIMEOUT):
                _, writer = await asyncio.open_connection(host, int(port or AMQPS_PORT))
        except (OSError, TimeoutError) as error:
            raise BusUnavailableError(f"The bus does not answer at {host}: {error}") from error
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    def receiver(self, queue: str, *, prefetch: int = 0) -> ServiceBusReceiver:
        """A peek-lock receiver of a queue, not opened yet."""
        return self.client.get_queue_receiver(queue, prefetch_count=prefetch)

    def session_receiver(
        self, queue: str, *, prefetch: int = 0, wait: float = 60.0
    ) -> ServiceBusReceiver:
        """A peek-lock receiver of the next session of a queue that has messages, not opened yet.

        Opening it waits for such a session, for `wait` seconds and one repeat at most, and then
        raises the SDK's `OperationTimeoutError`.
        """
        return self.client.get_queue_receiver(
            queue, session_id=NEXT_AVAILABLE_SESSION, prefetch_count=prefetch, max_wait_time=wait
        )

    def dead_letter_receiver(self, entity: str) -> ServiceBusReceiver:
        """A receiver of the dead letters of a queue, or of a `topic/Subscriptions/name`."""
        topic, separator, subscription = entity.partition("/Subscriptions/")
        if separator:
            return self.client.get_subscription_receiver(
                topic, subscription, sub_queue=ServiceBusSubQueue.DEAD_LETTER
            )
        return self.client.get_queue_receiver(entity, sub_queue=ServiceBusSubQueue.DEAD_LETTER)

    async def close(self) -> None:
        """Closes all senders, then whatever receivers are left."""
        await asyncio.gather(*(s.close() for s in self._senders.values()))
        self._senders.clear()
        await self.client.close()

    def _sender(self, entity: str) -> EntitySender:
        if entity not in self._senders:
            topic = entity == ORDERS_TOPIC
            self._senders[entity] = EntitySender(self.client, entity, topic=topic)
        return self._senders[entity]
