"""The circuit breaker round the store and Temporal.

A message's delivery count is the broker's last resort for bad messages, and an outage of our own
must not use it up. So when the store or Temporal is away, receiving stops:

- the batch in hand is abandoned, which costs its messages one delivery, once per outage;
- what the client had fetched ahead is released as its receiver closes, which costs nothing;
- nothing is received while the probe fails, at ever longer intervals up to half a minute;
- the first batch after that is a single message. Should the probe have been too hopeful, only that
  one pays, and the interval goes on growing; it starts anew after a batch that was handed over.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bridge.dispatcher.verdict import OutageError

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0
"""Seconds between probes."""

log = structlog.get_logger()


class Breaker:
    """Shared by all loops of a process: they all need the same store and the same Temporal.

    Args:
        probe: Returns where both are back; raises `OutageError` where not.
    """

    def __init__(self, probe: Callable[[], Awaitable[None]]) -> None:
        self._probe = probe
        self._closed = asyncio.Event()
        self._closed.set()
        self._pause = FIRST_PAUSE
        self._probing: asyncio.Task[None] | None = None
        self.openings = 0
        self.probes = 0
        """Since it opened last."""
        self.why = ""

    @property
    def is_open(self) -> bool:
        """Whether receiving has stopped."""
        return not self._closed.is_set()

    def trip(self, why: str) -> None:
        """Stops receiving until the probe succeeds."""
        if self.is_open:
            return
        self.openings += 1
        self.probes = 0
        self.why = why
        self._closed.clear()
        log.warning("breaker_opened", why=why, openings=self.openings)
        self._probing = asyncio.create_task(self._probe_until_back())

    async def doubt(self, why: str) -> None:
        """Probes at once: was it the message that was refused, or is it all of us?"""
        try:
            await self._probe()
        except OutageError as error:
            self.trip(f"{why}; {error}")

    async def wait_closed(self) -> None:
        """Returns as soon as receiving may go on."""
        await self._closed.wait()

    def proved(self) -> None:
        """A batch went through: the next outage is a new one."""
        self._pause = FIRST_PAUSE

    async def close(self) -> None:
        """Ends probing."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)

    async def _probe_until_back(self) -> None:
        while True:
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            self.probes += 1
            try:
                await self._probe()
            except OutageError as error:
                self.why = str(error)
                log.warning("still_away", why=self.why, next_probe_in=self._pause)
            else:
                self.why = ""
                log.info("breaker_closed")
                self._closed.set()
                return
