"""Who goes first: live queues always, backfill when these are quiet."""

import asyncio
from contextlib import suppress
from typing import Protocol

PATIENCE = 5.0
"""Seconds after which backfill takes one small batch even so, lest it never ends."""


class Gate(Protocol):
    """Says when a queue may be received from, and hears what came of it."""

    async def wait(self) -> None: ...

    def report(self, got: int, asked: int) -> None:
        """Tells how many messages one receive brought, of how many asked for."""
        ...


class Traffic:
    """Which live queues have a backlog, over all channels: they share one store and Temporal."""

    def __init__(self) -> None:
        self._busy: set[str] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()

    def live(self, queue: str) -> Gate:
        """The gate of a live queue: always open."""
        return _LiveGate(self, queue)

    def backfill(self, patience: float = PATIENCE) -> Gate:
        """The gate of a backfill queue: open when no live queue has a backlog."""
        return _BackfillGate(self, patience)

    def note(self, queue: str, *, backlog: bool) -> None:
        (self._busy.add if backlog else self._busy.discard)(queue)
        (self._quiet.clear if self._busy else self._quiet.set)()

    async def wait_quiet(self) -> None:
        await self._quiet.wait()


class _LiveGate:
    def __init__(self, traffic: Traffic, queue: str) -> None:
        self._traffic = traffic
        self._queue = queue

    async def wait(self) -> None:
        return

    def report(self, got: int, asked: int) -> None:
        # A full batch means that more is waiting.
        self._traffic.note(self._queue, backlog=got >= asked)


class _BackfillGate:
    def __init__(self, traffic: Traffic, patience: float) -> None:
        self._traffic = traffic
        self._patience = patience

    async def wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                await self._traffic.wait_quiet()

    def report(self, got: int, asked: int) -> None:
        return
