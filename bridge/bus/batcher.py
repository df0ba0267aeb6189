"""Hooks that come at the same time, sent to the bus together."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from activities.ports import Bus, BusUnavailableError, TooLargeForBusError
from canonical.envelope import InboundEvent

LINGER = 0.01
"""Seconds that the first hook of a batch waits for others."""
ENOUGH = 50
"""Events that end the wait."""


@dataclass(frozen=True)
class _Waiting:
    events: tuple[InboundEvent, ...]
    sent: asyncio.Future[None]


class HookBatcher:
    """Collects one channel's hooks while the batch before them is on its way.

    One send costs the bus about the same for one event as for fifty, so the rate of hooks is no
    longer bound by the time of a send. Each hook waits for its own batch and hears what became
    of it.
    """

    def __init__(self, bus: Bus, *, linger: float = LINGER, enough: int = ENOUGH) -> None:
        self._bus = bus
        self._linger = linger
        self._enough = enough
        self._waiting: list[_Waiting] = []
        self._count = 0
        self._full = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    async def send(self, events: Sequence[InboundEvent]) -> None:
        """Returns once the bus has all of `events`.

        Raises:
            BusUnavailableError: It may have none of them.
            TooLargeForBusError: Naming those of them that the bus cannot hold.
        """
        waiting = _Waiting(tuple(events), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._count += len(events)
        if self._count >= self._enough:
            self._full.set()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        await waiting.sent

    async def close(self) -> None:
        """Sends what is still waiting."""
        if self._worker is not None:
            await self._worker

    async def _work(self) -> None:
        while self._waiting:
            if self._count < self._enough:
                await self._until_full()
            batch, self._waiting, self._count = self._waiting, [], 0
            self._full.clear()
            await self._send(batch)

    async def _until_full(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._linger):
                await self._full.wait()

    async def _send(self, batch: Sequence[_Waiting]) -> None:
        try:
            await self._bus.send_inbound([e for w in batch for e in w.events])
        except TooLargeForBusError as error:
            left_out = {id(e) for e in error.events}
            for w in batch:
                its_own = [e for e in w.events if id(e) in left_out]
                _finish(w, TooLargeForBusError(str(len(its_own)), its_own) if its_own else None)
        except Exception as error:
            failure = error if isinstance(error, BusUnavailableError) else None
            for w in batch:
                _finish(w, failure or BusUnavailableError(f"{type(error).__name__}: {error}"))
            if failure is None:
                raise
        else:
            for w in batch:
                _finish(w, None)


def _finish(waiting: _Waiting, error: Exception | None) -> None:
    if waiting.sent.done():
        return  # the caller has gone
    if error is None:
        waiting.sent.set_result(None)
    else:
        waiting.sent.set_exception(error)
