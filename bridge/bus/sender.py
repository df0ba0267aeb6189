"""One entity's sender, kept open: opening costs the SDK half a second, sending a millisecond."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import structlog
from azure.core.exceptions import AzureError
from azure.servicebus import ServiceBusMessage, ServiceBusMessageBatch
from azure.servicebus.aio import ServiceBusClient, ServiceBusSender
from azure.servicebus.exceptions import MessageSizeExceededError

from activities.ports import BusUnavailableError

SEND_TIMEOUT = 5.0
"""Seconds for a send with all its repeats; below what marketplaces wait for a webhook's answer."""
CLOSE_TIMEOUT = 5.0
BATCH_COUNT = 500
"""Messages in one batch at most; the size limit mostly comes first."""

Item = TypeVar("Item")
Result = TypeVar("Result")
log = structlog.get_logger()


class EntitySender:
    """Sends to one queue or topic, one batch at a time, and opens anew after a loss.

    The SDK lets several tasks wait on one socket and gets slow by it, so sends take turns.
    """

    def __init__(self, client: ServiceBusClient, entity: str, *, topic: bool = False) -> None:
        self._client = client
        self._entity = entity
        self._topic = topic
        self._sender: ServiceBusSender | None = None
        self._turn = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def is_open(self) -> bool:
        """Whether the last thing that happened was not a loss."""
        return self._sender is not None

    async def open(self) -> None:
        """Opens the link, so that the first send does not pay for it.

        Raises:
            BusUnavailableError: The bus is away or refuses us.
        """
        async with self._turn:
            await self._guarded(self._opened())

    async def send(self, items: Sequence[tuple[Item, ServiceBusMessage]]) -> list[Item]:
        """Sends messages in batches as large as the bus takes.

        Args:
            items: Pairs of whatever the caller calls the message by, and the message.

        Returns:
            The items whose message is too large for the bus; all others are durable there.

        Raises:
            BusUnavailableError: A batch was not taken, or nobody knows whether it was.
        """
        async with self._turn:
            return await self._guarded(self._send_all(items))

    async def close(self) -> None:
        """Closes the link and awaits those that were given up before."""
        async with self._turn:
            self._give_up()
        if self._closing:
            await asyncio.wait(self._closing)

    async def _opened(self) -> ServiceBusSender:
        if self._sender is None:
            if self._topic:
                self._sender = self._client.get_topic_sender(self._entity)
            else:
                self._sender = self._client.get_queue_sender(self._entity)
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._sender.__aenter__()
        return self._sender

    async def _send_all(self, items: Sequence[tuple[Item, ServiceBusMessage]]) -> list[Item]:
        sender = await self._opened()
        too_large: list[Item] = []
        batch = await sender.create_message_batch()
        for item, message in items:
            if _added(batch, message):
                continue
            if len(batch):
                await self._send_batch(sender, batch)
                batch = await sender.create_message_batch()
            if not _added(batch, message):
                too_large.append(item)
        if len(batch):
            await self._send_batch(sender, batch)
        return too_large

    async def _send_batch(self, sender: ServiceBusSender, batch: ServiceBusMessageBatch) -> None:
        async with asyncio.timeout(SEND_TIMEOUT + 1):
            await sender.send_messages(batch, timeout=SEND_TIMEOUT)

    async def _guarded(self, work: Coroutine[Any, Any, Result]) -> Result:
        try:
            return await work
        except (AzureError, OSError, TimeoutError, ValueError) as error:
            self._give_up()
            raise BusUnavailableError(
                f"The bus did not take messages for {self._entity!r}:"
                f" {type(error).__name__}: {error}"
            ) from error
        except BaseException:
            # Broken off within an exchange, the link is in no state that a next send could use.
            self._give_up()
            raise

    def _give_up(self) -> None:
        sender, self._sender = self._sender, None
        if sender is not None:
            task = asyncio.create_task(_close(sender, self._entity))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


def _added(batch: ServiceBusMessageBatch, message: ServiceBusMessage) -> bool:
    if len(batch) >= BATCH_COUNT:
        return False
    try:
        batch.add_message(message)
    except MessageSizeExceededError:
        return False
    return True


async def _close(sender: ServiceBusSender, entity: str) -> None:
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await sender.close()
    except (AzureError, OSError, TimeoutError, ValueError) as error:
        log.info("sender_not_closed_cleanly", entity=entity, error=str(error))
