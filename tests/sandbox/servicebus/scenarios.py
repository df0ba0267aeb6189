"""Tests that wait more than they work run side by side, each on entities of its own.

A file collects them, starts all when its first test asks, and each test awaits its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from tests.sandbox.servicebus.bus import Bus

Scenario = Callable[[Bus], Awaitable[None]]


class Scenarios:
    """The scenarios of one file."""

    def __init__(self) -> None:
        self._runs: dict[str, Scenario] = {}
        self._running: dict[str, Awaitable[None]] = {}

    def __call__(self, run: Scenario) -> Scenario:
        """Collects one; a decorator."""
        self._runs[getattr(run, "__name__", "")] = run
        return run

    def __iter__(self) -> "Iterator[str]":
        return iter(self._runs)

    async def result(self, name: str, bus: Bus) -> None:
        """Starts all, the first time, and waits for this one."""
        if not self._running:
            self._running = {
                each: asyncio.ensure_future(run(bus)) for each, run in self._runs.items()
            }
        await self._running[name]
