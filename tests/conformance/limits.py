"""Two limiters: one that only writes down what is asked of it, and one that keeps the declared."""

from collections import Counter
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
    """Gives out once what the declared quotas let leave at once; whatever comes after is refused.

    Nothing comes back with time, so that no machine is too slow or too fast to fill a quota; only
    calls under way make place for others when they are answered. All accounts that a scope counts
    together share.
    """

    def __init__(self, channel: str, quotas: Iterable[Quota]) -> None:
        super().__init__()
        self._channel = channel
        self._quotas = tuple(quotas)
        self._used: Counter[tuple[str, str]] = Counter()
        self.held_back: Counter[str] = Counter()
        """How many calls each quota refused, by its name."""

    async def reserve(self, account: str, operation: str, *, urgent: bool = False) -> Slot:
        mine = self._counting(operation)
        full = [q for q in mine if self._used[self._key(q, account)] >= capacity_of(q)]
        self.held_back.update(quota.name for quota in full)
        if full:
            raise ThrottledError(
                self._channel, account, operation, "no slot", retry_after=full[0].per
            )
        self._used.update(self._key(quota, account) for quota in mine)
        return await super().reserve(account, operation, urgent=urgent)

    async def done(self, account: str, operation: str) -> None:
        for quota in self._counting(operation):
            if quota.kind is QuotaKind.CONCURRENCY:
                self._used[self._key(quota, account)] -= 1

    def _counting(self, operation: str) -> list[Quota]:
        return [quota for quota in self._quotas if operation in quota.operations]

    def _key(self, quota: Quota, account: str) -> tuple[str, str]:
        return quota.name, account if quota.scope in APART else "*"


def capacity_of(quota: Quota) -> int:
    """How many calls can leave at once."""
    return quota.burst if quota.kind is QuotaKind.BUCKET else quota.limit
