"""What happens by the clock: scheduled and expired messages, old ids, free pages, heartbeats."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from sandbox.servicebus.broker.incoming import now_ms
from sandbox.servicebus.broker.namespace import Namespace

_log = structlog.get_logger(__name__)
_ROWS: Final = 500
_LOOK: Final = 1.0
_SLOW_LOOK: Final = 5.0
_BREATH: Final = 0.1


class Housekeeping:
    """The tasks that run beside the clients.

    Args:
        namespace: The entities.
        beat: Called every few seconds with the monotonic clock.
    """

    def __init__(self, namespace: Namespace, beat: Callable[[float], None]) -> None:
        self._namespace = namespace
        self._beat = beat
        self._scheduled = asyncio.Event()
        self._more = False
        namespace.scheduled_changed = self._scheduled.set
        self._tasks = [
            asyncio.create_task(self._guard(work), name=f"housekeeping {work.__name__}")
            for work in (self._activate, self._expire, self._tidy)
        ]

    async def stop(self) -> None:
        """Ends the tasks."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _guard(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Exception:  # noqa: BLE001 - the next round tries again
                _log.exception("housekeeping_failed")
                await asyncio.sleep(_LOOK)

    async def _activate(self) -> None:
        namespace = self._namespace
        self._scheduled.clear()
        now = now_ms()
        if await self._each(namespace.store.due(now, _ROWS + self._out()), namespace.activate):
            return
        due = namespace.store.next_due()
        wait = _SLOW_LOOK if due is None else min(_SLOW_LOOK, max(0.001, (due - now_ms()) / 1000))
        try:
            await asyncio.wait_for(self._scheduled.wait(), wait)
        except TimeoutError:
            return

    async def _expire(self) -> None:
        namespace = self._namespace
        rows = namespace.store.expired(now_ms(), _ROWS + self._out())
        if not await self._each(rows, namespace.expire):
            await asyncio.sleep(_LOOK)

    async def _tidy(self) -> None:
        await asyncio.sleep(_BREATH if self._more else _SLOW_LOOK)
        self._beat(time.monotonic())
        for queue in self._namespace.all_queues():
            self._namespace.duplicates.forget_old(queue, now_ms())
        await self._namespace.store.commits.settled()
        self._more = await self._namespace.store.tidy()

    async def _each(self, rows: list[tuple[int, int]], act: Callable[[int, int], bool]) -> bool:
        worked = [act(number, sequence) for number, sequence in rows]
        if any(worked):
            await self._namespace.store.commits.settled()
        return any(worked)

    def _out(self) -> int:
        return sum(len(queue.held) for queue in self._namespace.all_queues())
