"""One queue's loop: receive, hand over, settle; pause while others are away."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog
from azure.core.exceptions import AzureError
from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver

from bridge.dispatcher.breaker import Breaker
from bridge.dispatcher.counters import Counters
from bridge.dispatcher.settle import BusLostError, settle
from bridge.dispatcher.traffic import Gate
from bridge.dispatcher.verdict import Consumer, Fate, Taken, Verdict, lock_has_run_out

IDLE_WAIT = 1.0
"""Seconds that one receive waits for a first message; an idle loop stops as quickly."""
CLOSE_TIMEOUT = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
"""Seconds between attempts to reach a bus that is away."""

log = structlog.get_logger()


class QueueLoop:
    """Works one queue off until it is told to stop.

    Args:
        name: The queue, for logs and counters.
        open_receiver: Gives a new receiver, not opened yet.
        consumer: Takes batches over.
        breaker: Shared with the other loops of the process.
        gate: Opens when it is this queue's turn.
        batch: Messages taken at once, at most.
        counters: Of this queue, where several loops work one off.
    """

    def __init__(
        self,
        name: str,
        open_receiver: Callable[[], ServiceBusReceiver],
        consumer: Consumer,
        breaker: Breaker,
        gate: Gate,
        *,
        batch: int,
        counters: Counters | None = None,
    ) -> None:
        self.name = name
        self.counters = counters or Counters()
        self._open_receiver = open_receiver
        self._consumer = consumer
        self._breaker = breaker
        self._gate = gate
        self._batch = batch
        self._receiver: ServiceBusReceiver | None = None
        self._pause = FIRST_PAUSE
        self._openings_seen = breaker.openings
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Ends `run` once the batch in hand is settled."""
        self._stop.set()

    async def run(self) -> None:
        """Works until `stop`, whatever fails on the way."""
        try:
            while not self._stop.is_set():
                if self._breaker.is_open:
                    await self._close_receiver()
                    await self._unless_stopped(self._breaker.wait_closed())
                elif await self._unless_stopped(self._gate.wait()):
                    await self._turn()
        finally:
            await self._close_receiver()

    async def _turn(self) -> None:
        limit = 1 if self._on_trial else self._batch
        try:
            receiver, messages = await self._received(limit)
            self._pause = FIRST_PAUSE
            self._gate.report(len(messages), limit)
            if receiver and messages:
                await self._work(receiver, messages)
            self._after_batch()
        except (AzureError, OSError, TimeoutError, ValueError, BusLostError) as error:
            self.counters.bus_losses += 1
            log.warning("bus_lost", queue=self.name, why=str(error), again_in=self._pause)
            await self._close_receiver()
            await self._unless_stopped(asyncio.sleep(self._pause))
            self._pause = min(2 * self._pause, LONGEST_PAUSE)

    async def _received(
        self, limit: int
    ) -> tuple[ServiceBusReceiver | None, Sequence[ServiceBusReceivedMessage]]:
        receiver = await self._opened()
        return receiver, await receiver.receive_messages(limit, max_wait_time=IDLE_WAIT)

    def _after_batch(self) -> None:
        """The receiver is kept for the next batch."""

    def _late(
        self, receiver: ServiceBusReceiver, messages: Sequence[ServiceBusReceivedMessage]
    ) -> list[ServiceBusReceivedMessage]:
        """Those that another receiver may have by now."""
        return [m for m in messages if lock_has_run_out(m)]

    @property
    def _on_trial(self) -> bool:
        return self._openings_seen != self._breaker.openings

    async def _work(
        self, receiver: ServiceBusReceiver, messages: Sequence[ServiceBusReceivedMessage]
    ) -> None:
        self.counters.received += len(messages)
        late = self._late(receiver, messages)
        taken = await self._taken([m for m in messages if m not in late])
        taken.verdicts += [Verdict(m, Fate.LEAVE) for m in late]
        if taken.outage:
            self._breaker.trip(taken.outage)
        elif taken.refused:
            await self._breaker.doubt(taken.refused)
        elif len(late) < len(messages):
            self._openings_seen = self._breaker.openings
            self._breaker.proved()
        completed = sum(v.fate is Fate.COMPLETE for v in taken.verdicts)
        self.counters.duplicates += taken.duplicates
        self.counters.handed_over += completed - taken.duplicates
        await settle(receiver, taken.verdicts, self.counters)

    async def _taken(self, messages: Sequence[ServiceBusReceivedMessage]) -> Taken:
        if not messages:
            return Taken()
        try:
            return await self._consumer.take(messages)
        except Exception:
            log.exception("batch_failed", queue=self.name, messages=len(messages))
            return await self._one_by_one(messages)

    async def _one_by_one(self, messages: Sequence[ServiceBusReceivedMessage]) -> Taken:
        """After a fault that nobody foresaw: is it one message's, or ours?

        A message that fails while others do not is abandoned, until the broker dead-letters it.
        Where all fail, the fault is ours and is treated as an outage.
        """
        whole, failed, words = Taken(), 0, ""
        for message in messages:
            try:
                taken = await self._consumer.take([message])
            except Exception as error:
                log.exception("message_failed", queue=self.name, message_id=message.message_id)
                failed, words = failed + 1, type(error).__name__
                whole.verdicts.append(Verdict(message, Fate.ABANDON))
            else:
                whole.add(taken)
        if failed == len(messages):
            whole.outage = f"handing over fails with {words}; see the log"
        return whole

    async def _opened(self) -> ServiceBusReceiver:
        if self._receiver is None:
            self._receiver = self._open_receiver()
            await self._receiver.__aenter__()
        return self._receiver

    async def _close_receiver(self) -> None:
        """Closing releases what the client had fetched ahead, without counting a delivery."""
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            await self._close(receiver)

    async def _close(self, receiver: ServiceBusReceiver) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await receiver.close()
        except (AzureError, OSError, TimeoutError, ValueError) as error:
            log.info("receiver_not_closed_cleanly", queue=self.name, why=str(error))

    async def _unless_stopped(self, work: Coroutine[Any, Any, None]) -> bool:
        """Awaits `work` or the stop, whichever is first; tells whether it was `work`."""
        done = asyncio.ensure_future(work)
        stopped = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait((done, stopped), return_when=asyncio.FIRST_COMPLETED)
        for waiting in (done, stopped):
            waiting.cancel()
        await asyncio.gather(done, stopped, return_exceptions=True)
        return not self._stop.is_set()
