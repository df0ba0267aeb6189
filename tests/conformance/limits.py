"""Two limiters: one that only writes down what is asked of it, and one that keeps the declared."""

import time
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from canonical.abilities import Quota, QuotaKind, QuotaScope
from channels.errors import ThrottledError
from channels.limiter import Allowance, Slot

APART = frozenset({QuotaScope.ACCOUNT, QuotaScope.GROUP})
"""Scopes by which accounts are counted apart."""


@dataclass
class Noted:
    """Lets everything through."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    """(account, operation) of each reservation."""
    corrected: list[tuple[str, timedelta]] = field(default_factory=list)
    """(operation, how long nothing may leave)."""

    async def reserve(self, account: str, operation: str, *, urgent: bool = False) -> Slot:
        self.asked.append((account, operation))
        return Slot()

    async def done(self, account: str, operation: str) -> None:
        return None

    async def correct(
        self, account: str, operation: str, retry_after: timedelta, ago: timedelta = timedelta(0)
    ) -> None:
        self.corrected.append((operation, retry_after))

    async def adjust(
        self,
        account: str,
        operation: str,
        allowance: Allowance,
        ago: timedelta = timedelta(0),
    ) -> None:
        return None


class Declared(Noted):
    """Keeps the declared quotas and never waits: what has no slot now is refused.

    Of a bucket only the burst is given, of a period only its first; all accounts that a scope
    counts together share.
    """

    def __init__(self, channel: str, quotas: Iterable[Quota]) -> None:
        super().__init__()
        self._channel = channel
        self._quotas = tuple(quotas)
        self._left: dict[tuple[str, str], deque[float]] = defaultdict(deque)
        self.held_back: dict[str, int] = defaultdict(int)
        """How many calls each quota refused, by its name."""

    async def reserve(self, account: str, operation: str, *, urgent: bool = False) -> Slot:
        now = time.monotonic()
        mine = [q for q in self._quotas if operation in q.operations]
        logs = [(q, self._log(q, account, now)) for q in mine]
        full = [q for q, log in logs if len(log) >= capacity_of(q)]
        for quota in full:
            self.held_back[quota.name] += 1
        if full:
            raise ThrottledError(
                self._channel, account, operation, "no slot", retry_after=full[0].per
            )
        for _, log in logs:
            log.append(now)
        return await super().reserve(account, operation, urgent=urgent)

    async def done(self, account: str, operation: str) -> None:
        for quota in self._quotas:
            if operation in quota.operations and quota.kind is QuotaKind.CONCURRENCY:
                self._log(quota, account, time.monotonic()).popleft()

    def _log(self, quota: Quota, account: str, now: float) -> deque[float]:
        log = self._left[quota.name, account if quota.scope in APART else "*"]
        while log and log[0] <= now - quota.per.total_seconds():
            log.popleft()
        return log


def capacity_of(quota: Quota) -> int:
    """How many calls can leave at once."""
    return quota.burst if quota.kind is QuotaKind.BUCKET else quota.limit
