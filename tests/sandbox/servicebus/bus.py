"""The SDK's client with handlers that stay open: opening one costs 0.57 s, closing one 0.44 s."""

import asyncio
from typing import Any

from azure.servicebus import ServiceBusMessage, ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender

from tests.sandbox.servicebus.program import Program


class Bus:
    """Senders and receivers of one broker, made when first asked for."""

    def __init__(self, program: Program, **options: Any) -> None:
        self.program = program
        self.client = ServiceBusClient.from_connection_string(
            program.connection_string(), retry_total=0, **options
        )
        self._senders: dict[str, asyncio.Future[ServiceBusSender]] = {}
        self._receivers: dict[str, asyncio.Future[ServiceBusReceiver]] = {}

    async def sender(self, entity: str) -> ServiceBusSender:
        """A sender to a queue."""
        if entity not in self._senders:
            sender = self.client.get_queue_sender(entity)
            self._senders[entity] = asyncio.ensure_future(sender.__aenter__())
        return await self._senders[entity]

    async def receiver(self, entity: str, **options: Any) -> ServiceBusReceiver:
        """A receiver of a queue, or of a subscription given as `topic/subscription`."""
        key = f"{entity} {sorted(options.items(), key=str)}"
        if key not in self._receivers:
            topic, _, subscription = entity.partition("/")
            if subscription:
                receiver = self.client.get_subscription_receiver(topic, subscription, **options)
            else:
                receiver = self.client.get_queue_receiver(entity, **options)
            self._receivers[key] = asyncio.ensure_future(receiver.__aenter__())
        return await self._receivers[key]

    async def pair(
        self, entity: str, **options: Any
    ) -> tuple[ServiceBusSender, ServiceBusReceiver]:
        """A sender and a receiver of a queue, opened at the same time."""
        sender, receiver = await asyncio.gather(
            self.sender(entity), self.receiver(entity, **options)
        )
        return sender, receiver

    async def letters(self, entity: str) -> ServiceBusReceiver:
        """A receiver of an entity's dead letters."""
        return await self.receiver(entity, sub_queue="deadletter")

    async def close(self) -> None:
        """Closes everything at the same time."""
        handlers: list[asyncio.Future[Any]] = [*self._senders.values(), *self._receivers.values()]
        await asyncio.gather(*(_close(handler) for handler in handlers), return_exceptions=True)
        await self.client.close()


async def _close(handler: "asyncio.Future[Any]") -> None:
    await (await handler).close()


async def receive(
    receiver: ServiceBusReceiver, count: int = 1, wait: float = 5
) -> list[ServiceBusReceivedMessage]:
    """Receives exactly `count` messages."""
    messages: list[ServiceBusReceivedMessage] = []
    deadline = asyncio.get_running_loop().time() + wait
    while len(messages) < count:
        left = deadline - asyncio.get_running_loop().time()
        assert left > 0, f"{len(messages)} of {count} messages came in {wait} s"
        messages += await receiver.receive_messages(count - len(messages), max_wait_time=left)
    return messages


async def nothing(receiver: ServiceBusReceiver, wait: float = 0.5) -> None:
    """Asserts that no message comes."""
    messages = await receiver.receive_messages(1, max_wait_time=wait)
    assert not messages, f"a message came: {messages[0]}"


async def batch(sender: ServiceBusSender, *messages: ServiceBusMessage | str) -> None:
    """Sends messages as one batch."""
    packed = await sender.create_message_batch()
    for message in messages:
        packed.add_message(ServiceBusMessage(message) if isinstance(message, str) else message)
    await sender.send_messages(packed)


def texts(messages: list[ServiceBusReceivedMessage]) -> list[str]:
    """The bodies."""
    return [str(message) for message in messages]


def of(session: str, text: str) -> ServiceBusMessage:
    """A message of a session."""
    return ServiceBusMessage(text, session_id=session)
