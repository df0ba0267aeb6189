"""A quota in numbers: what is kept back so that the marketplace never counts more than it allows.

All times are milliseconds, instants by the database's clock.
"""

from dataclasses import dataclass
from functools import cached_property

from canonical.abilities import Quota, QuotaKind

JITTER = 50.0
"""Between leaving here and being counted there."""
CLOCK_ERROR = 10.0
"""What the database's clock may be stepped by without being noticed."""
GOOD_FOR_SHARE = 0.015
"""Of the window: how long a slot is good for. Whatever is kept back here is quota not used."""
GOOD_FOR_LEAST, GOOD_FOR_MOST = 20.0, 150.0
BURST_SPARED = 0.1
"""Of a bucket's burst: kept back for margins, which cost the burst and not the rate."""
URGENT_SHARE = 0.2
"""Of each quota, kept for decisions."""
LANES_FROM = 5
"""Smaller quotas have nothing to keep."""
TICKETS_FROM = 25
TICKET_SHARE = 0.02
"""Of the quota: single calls lent to processes for when the database is away."""
LOOKAHEAD_LEAST, LOOKAHEAD_MOST = 100.0, 500.0
SKEW_MOST = 5_000.0
"""How far the marketplace's own midnight may be off."""
GRID = 400
"""Instants kept of a window, at most."""


@dataclass(frozen=True)
class Rule:
    """One quota of those whom the marketplace counts together.

    Attributes:
        key: The row.
        limit: The declared limit.
        per: The window; of a concurrency quota the longest that a call lasts.
        burst: Of a bucket.
        resets: Of a period: when it begins, after midnight UTC.
        name: By which the channel declares it.
    """

    key: str
    kind: QuotaKind
    limit: int
    per: float
    burst: int = 1
    resets: float = 0.0
    name: str = ""

    @cached_property
    def good_for(self) -> float:
        """How long after its instant a slot may still be used."""
        good = self.per * GOOD_FOR_SHARE
        if self.kind is QuotaKind.BUCKET:
            each = self.per / self.limit
            good = each * GOOD_FOR_SHARE
            if self.burst > 1:
                good = max(good, self.burst * each * BURST_SPARED - JITTER - CLOCK_ERROR)
        return min(max(good, GOOD_FOR_LEAST), GOOD_FOR_MOST)

    @cached_property
    def margin(self) -> float:
        """How much closer than their instants two calls may be counted."""
        return self.good_for + JITTER + CLOCK_ERROR

    @cached_property
    def window(self) -> float:
        """The window that is kept free of further slots here."""
        return self.per + self.margin

    @cached_property
    def grid(self) -> float:
        """Instants are kept as multiples of this."""
        return max(1.0, self.per / GRID if self.limit > GRID else 1.0)

    @cached_property
    def tickets(self) -> int:
        """How many single calls are lent to processes."""
        if self.kind is not QuotaKind.WINDOW or self.limit < TICKETS_FROM:
            return 0
        return max(1, int(self.limit * TICKET_SHARE))

    @cached_property
    def lookahead(self) -> float:
        """How far ahead slots are given out, so that the way to the database costs no quota.

        A place among the calls under way cannot be foreseen.
        """
        if self.kind is QuotaKind.CONCURRENCY:
            return 0.0
        each = self.per / max(1.0, self.limit * URGENT_SHARE)
        return min(max(each, LOOKAHEAD_LEAST), LOOKAHEAD_MOST)

    @cached_property
    def skew(self) -> float:
        """On either side of a period's end, nothing leaves for so long."""
        return min(SKEW_MOST, self.per / 200)

    @cached_property
    def at_once(self) -> int:
        """Slots that one process takes in one go, so that others get some too."""
        if self.kind is QuotaKind.CONCURRENCY:
            return self.limit  # each has its share of the places anyway
        limit = self.burst if self.kind is QuotaKind.BUCKET else self.limit
        return max(1, min(limit // 8, 50))

    def kept(self, limit: int) -> int:
        """Of a limit, what only urgent calls may use at once."""
        return int(limit * URGENT_SHARE) if limit >= LANES_FROM else 0


def rule_of(quota: Quota, key: str) -> Rule:
    """The rule of a declared quota."""
    return Rule(
        key=key,
        kind=quota.kind,
        limit=quota.limit,
        per=quota.per.total_seconds() * 1000,
        burst=quota.burst,
        resets=quota.resets_at.total_seconds() * 1000,
        name=quota.name,
    )
