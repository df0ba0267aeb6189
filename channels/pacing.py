"""A limiter within one process: the log of each quota's last window, exactly.

A window quota ("50 in 10 s") is kept by remembering when each call left. A caller books the first
slot that every quota of its operation allows, behind those who wait already, and sleeps until
then. Before it leaves it checks against what has really left meanwhile: a stalled loop sends later
than it meant to, and a correction may have come.
"""

import asyncio
from bisect import insort
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from canonical.abilities import Abilities, Quota, QuotaScope
from channels.errors import ThrottledError

PATIENCE = timedelta(seconds=10)
"""The longest wait in place; a slot farther off ends the attempt with a hint."""

MARGIN = timedelta(milliseconds=100)
"""Added to each window: the marketplace's clock may be off by 50 ms at either end."""

URGENT_SHARE = 0.2
"""Of each quota, kept for decisions; a quota of fewer than five calls has nothing to keep."""

_SHARED = frozenset({QuotaScope.PROJECT, QuotaScope.APPLICATION, QuotaScope.ADDRESS})


@dataclass
class _Log:
    """One quota of one account. Times are the event loop's, in seconds."""

    limit: int
    window: float
    left: deque[float]
    """When calls left, oldest first; no more of them than the limit."""
    booked: list[tuple[float, bool]] = field(default_factory=list)
    """(slot, urgent) of those who wait, sorted."""

    def fits_from(self, at: float, urgent: bool) -> float:
        """When one more call may leave, by what has left alone."""
        return self._after(list(self.left), at, urgent)

    def free_from(self, at: float, urgent: bool) -> float:
        """The same for a newcomer: behind all who wait, but urgent ones pass the others."""
        waiting = [slot for slot, theirs in self.booked if theirs or not urgent]
        taken = sorted([*self.left, *waiting])
        return self._after(taken, max([at, *waiting]), urgent)

    def _after(self, taken: list[float], at: float, urgent: bool) -> float:
        allowed = self.limit if urgent else self.limit - int(self.limit * URGENT_SHARE)
        return max(at, taken[-allowed] + self.window) if len(taken) >= allowed else at


class Pacing:
    """Keeps every account of one channel within the quotas of its abilities."""

    def __init__(
        self,
        channel: str,
        quotas: Iterable[Quota],
        *,
        patience: timedelta = PATIENCE,
        margin: timedelta = MARGIN,
    ) -> None:
        self._channel = channel
        self._quotas = tuple(quotas)
        self._patience = patience.total_seconds()
        self._margin = margin.total_seconds()
        self._logs: dict[tuple[str, str], _Log] = {}
        self._closed_until: dict[tuple[str, str], float] = {}

    @classmethod
    def of(cls, channel: str, abilities: Abilities) -> "Pacing":
        """The limiter for a channel's declared quotas."""
        return cls(channel, abilities.quotas)

    async def reserve(self, account: str, operation: str, *, urgent: bool = False) -> None:
        """Waits for a slot in every quota of the operation and takes it.

        Raises:
            ThrottledError: The slot is farther off than a call may wait in place.
        """
        logs = self._logs_of(account, operation)
        clock = asyncio.get_running_loop().time
        asked = now = clock()
        opens = self._closed_until.get((account, operation), now)
        slot = max([now, opens, *(log.free_from(max(now, opens), urgent) for log in logs)])
        while slot > now:
            if slot - asked > self._patience:
                raise self._throttled(account, operation, slot - now)
            await self._wait(logs, slot, slot - now, urgent)
            now = clock()
            opens = self._closed_until.get((account, operation), now)
            slot = max([now, opens, *(log.fits_from(now, urgent) for log in logs)])
        for log in logs:
            log.left.append(now)

    async def correct(self, account: str, operation: str, retry_after: timedelta) -> None:
        """Nothing of this operation leaves for `retry_after` from now."""
        until = asyncio.get_running_loop().time() + retry_after.total_seconds()
        key = (account, operation)
        self._closed_until[key] = max(until, self._closed_until.get(key, until))

    @staticmethod
    async def _wait(logs: list[_Log], slot: float, seconds: float, urgent: bool) -> None:
        """Sleeps until a slot; it is given back also where the caller goes away."""
        for log in logs:
            insort(log.booked, (slot, urgent))
        try:
            await asyncio.sleep(seconds)
        finally:
            for log in logs:
                log.booked.remove((slot, urgent))

    def _logs_of(self, account: str, operation: str) -> list[_Log]:
        """The logs of all quotas that count this operation; a quota without names counts all."""
        found = []
        for quota in self._quotas:
            if quota.operations and operation not in quota.operations:
                continue
            key = ("" if quota.scope in _SHARED else account, quota.name)
            if key not in self._logs:
                window = quota.per.total_seconds() + self._margin
                self._logs[key] = _Log(quota.limit, window, deque(maxlen=quota.limit))
            found.append(self._logs[key])
        return found

    def _throttled(self, account: str, operation: str, seconds: float) -> ThrottledError:
        return ThrottledError(
            self._channel,
            account,
            operation,
            f"our own quota has no slot for {seconds:.1f} s",
            hint="It is tried again at the slot.",
            retry_after=timedelta(seconds=seconds),
        )
