"""One timer for an entity that is told news far more often than it falls silent."""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow

LEAST = timedelta(seconds=1)
SUMMARY = "Until a deadline, or silence, asks for something"


class Alarm:
    """Goes off at the instant it was last set for, or earlier, for nothing.

    A timer that is cancelled and started again at each piece of news is two events of history and
    two tasks of the server every time. So one that is set earlier than needed stays: whoever wakes
    looks, and sets it again.
    """

    def __init__(self) -> None:
        self._rings_at: datetime | None = None
        self._rang = False
        self._waiting: set[asyncio.Task[None]] = set()

    def set(self, at: datetime | None) -> None:
        """Makes sure that it goes off at `at`, or before; None asks for nothing."""
        self._rang = False
        if at is None or (self._rings_at is not None and self._rings_at <= at):
            return
        at = max(at, workflow.now() + LEAST)
        self._rings_at = at
        task = asyncio.create_task(self._ring(at))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    @property
    def rang(self) -> bool:
        """Whether it went off since it was set."""
        return self._rang

    async def _ring(self, at: datetime) -> None:
        await workflow.sleep(at - workflow.now(), summary=SUMMARY)
        if self._rings_at == at:
            self._rings_at = None
        self._rang = True
