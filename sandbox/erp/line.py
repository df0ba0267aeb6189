"""The ERP's line to the bus: takes events, sends commands, and comes back after every break."""

import asyncio
import time

import structlog
from azure.servicebus import ServiceBusMessage, ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender
from azure.servicebus.exceptions import MessageSizeExceededError, ServiceBusError

from sandbox.erp.book import Book
from sandbox.erp.events import UnreadableEventError, read
from sandbox.erp.intake import ForeignEventError, Intake
from sandbox.erp.options import Options
from sandbox.erp.outbox import Due, Outbox
from sandbox.erp.switch import Switch

log = structlog.get_logger("erp")

BATCH = 200
LISTEN_S = 0.5
"""How long one receive waits; also how long a pause may take to come into force."""
RECONNECT_S = 0.5


class Line:
    """One receiver and one sender, both long-lived: opening one costs half a second."""

    def __init__(
        self, options: Options, book: Book, intake: Intake, outbox: Outbox, switch: Switch
    ) -> None:
        self._options = options
        self._book = book
        self._intake = intake
        self._outbox = outbox
        self._switch = switch
        self._news = asyncio.Event()
        self.connected = False

    def stir(self) -> None:
        """Says that the outbox has something new."""
        self._news.set()

    async def run(self) -> None:
        """Works until the switch says the end; while it says pause, the line is down."""
        while await self._switch.wanted():
            try:
                await self._connected_work()
            except* (ServiceBusError, OSError) as group:
                log.warning("bus_lost", error=str(group.exceptions[0]), again_in_s=RECONNECT_S)
                await self._switch.rest(RECONNECT_S)
            finally:
                self._switch.parked()

    async def _connected_work(self) -> None:
        options = self._options
        client = ServiceBusClient.from_connection_string(
            options.bus, retry_total=1, retry_backoff_max=2
        )
        receiver = client.get_subscription_receiver(options.topic, options.subscription)
        sender = client.get_queue_sender(options.commands)
        try:
            # Side by side, as each takes half a second to open and to close.
            async with asyncio.TaskGroup() as opening:
                opening.create_task(receiver.__aenter__())
                opening.create_task(sender.__aenter__())
            self.connected = True
            log.info("bus_connected", topic=options.topic, subscription=options.subscription)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._take(receiver))
                tasks.create_task(self._send(sender))
        finally:
            self.connected = False
            for failure in await asyncio.gather(
                receiver.close(), sender.close(), return_exceptions=True
            ):
                if failure is not None:
                    log.info("close_failed", error=str(failure))
            await client.close()

    async def _take(self, receiver: ServiceBusReceiver) -> None:
        while self._switch.on:
            messages = await receiver.receive_messages(
                max_message_count=BATCH, max_wait_time=LISTEN_S
            )
            if messages:
                await self._settle(receiver, messages, self._booked(messages))

    def _booked(self, messages: list[ServiceBusReceivedMessage]) -> dict[int, str]:
        """Books the readable ones in one transaction; returns what is wrong with the others."""
        wrong: dict[int, str] = {}
        now = time.time()
        with self._book.transaction():
            for place, message in enumerate(messages):
                try:
                    self._intake.take(read(b"".join(message.body)), now)
                except (UnreadableEventError, ForeignEventError) as error:
                    wrong[place] = str(error)
        self.stir()
        return wrong

    async def _settle(
        self,
        receiver: ServiceBusReceiver,
        messages: list[ServiceBusReceivedMessage],
        wrong: dict[int, str],
    ) -> None:
        # One after another: settling side by side is ten times slower in this SDK.
        for place, message in enumerate(messages):
            try:
                if place in wrong:
                    log.warning("event_refused", id=message.message_id, problem=wrong[place])
                    await receiver.dead_letter_message(
                        message, reason="contract", error_description=wrong[place]
                    )
                else:
                    await receiver.complete_message(message)
            except ServiceBusError as error:
                # It stands in the book; redelivered, it is known by its event id.
                log.warning("settle_failed", id=message.message_id, error=str(error))

    async def _send(self, sender: ServiceBusSender) -> None:
        while self._switch.on:
            self._news.clear()
            commands = self._outbox.due(time.time(), BATCH)
            if commands:
                await self._send_batch(sender, commands)
                continue
            await self._wait_for_news()

    async def _send_batch(self, sender: ServiceBusSender, commands: list[Due]) -> None:
        batch = await sender.create_message_batch()
        taken: list[Due] = []
        for command in commands:
            try:
                batch.add_message(_message(command))
            except MessageSizeExceededError:
                if not taken:
                    raise
                break
            taken.append(command)
        await sender.send_messages(batch)
        self._outbox.sent(taken, time.time())

    async def _wait_for_news(self) -> None:
        due = self._outbox.next_due()
        wait = LISTEN_S if due is None else min(max(due - time.time(), 0.0), LISTEN_S)
        try:
            async with asyncio.timeout(wait):
                await self._news.wait()
        except TimeoutError:
            return


def _message(command: Due) -> ServiceBusMessage:
    return ServiceBusMessage(
        command.body,
        message_id=command.command_id,
        session_id=command.session_id,
        content_type="application/json",
    )
