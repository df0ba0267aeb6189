"""A queue whose messages have sessions: one order's messages one after another, orders together."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver
from azure.servicebus.exceptions import OperationTimeoutError

from bridge.dispatcher.loop import IDLE_WAIT, QueueLoop
from bridge.dispatcher.verdict import Fate, Taken, Verdict

CANCEL_AGAIN = 0.5
"""Seconds until an opening that was told to end is told again."""
SESSION_WAIT = 30.0
"""Seconds that one opening waits for a session with messages, before it is made anew."""

log = structlog.get_logger()


class SessionLoop(QueueLoop):
    """Takes the next session that has messages, one batch of it, and gives it back.

    Many of them work one queue off side by side. Nobody else gets a session's messages meanwhile,
    and what is given back comes again before what was sent after it: so messages of one session are
    handed over in the order in which they were sent, whatever fails on the way.

    A session is opened in some 0.5 s and given back in as much (measured, SDK 7.15), all of it
    waiting; giving back happens beside the next opening.
    """

    _closing: set[asyncio.Task[None]]

    async def run(self) -> None:
        """Works until `stop`, whatever fails on the way."""
        self._closing = set()
        try:
            await super().run()
        finally:
            if self._closing:
                await asyncio.wait(self._closing)

    async def _received(
        self, limit: int
    ) -> tuple[ServiceBusReceiver | None, Sequence[ServiceBusReceivedMessage]]:
        receiver = await self._opened_unless_stopped()
        if receiver is None or self._breaker.is_open:
            return None, []
        return receiver, await receiver.receive_messages(limit, max_wait_time=IDLE_WAIT)

    def _after_batch(self) -> None:
        """Gives the session back, also where it may have more.

        A message that was abandoned would come again behind those that are fetched ahead.
        """
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            task = asyncio.create_task(self._close(receiver))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _opened_unless_stopped(self) -> ServiceBusReceiver | None:
        opening = asyncio.ensure_future(self._opened())
        stopped = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait((opening, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        while not opening.done():
            # A request that meets an answer of the bus is lost at times (`wait_for` of Python
            # 3.11), and an opening that was not broken off waits for a session a minute long.
            opening.cancel()
            await asyncio.wait((opening,), timeout=CANCEL_AGAIN)
        try:
            return await opening
        except OperationTimeoutError:
            return None  # no session had anything
        except asyncio.CancelledError:
            if not self._stop.is_set():
                raise
            return None

    def _late(
        self, receiver: ServiceBusReceiver, messages: Sequence[ServiceBusReceivedMessage]
    ) -> list[ServiceBusReceivedMessage]:
        """All or none: the lock is the session's."""
        until = receiver.session.locked_until_utc
        return list(messages) if until is not None and until <= datetime.now(UTC) else []

    async def _one_by_one(self, messages: Sequence[ServiceBusReceivedMessage]) -> Taken:
        """As far as the first that fails: those after it must not overtake it.

        They are given back with the session, which counts no delivery; the one that fails is
        abandoned, until the broker dead-letters it.
        """
        whole = Taken()
        for message in messages:
            try:
                whole.add(await self._consumer.take([message]))
            except Exception as error:
                log.exception("message_failed", queue=self.name, message_id=message.message_id)
                whole.verdicts.append(Verdict(message, Fate.ABANDON))
                whole.refused = f"handing over fails with {type(error).__name__}; see the log"
                break
        return whole
