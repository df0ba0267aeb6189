"""What could have been used: calls that a client without fault would have got through.

It begins where ours stood: with what the marketplace had already counted. It tries again every
10 ms, knows nothing that a client cannot know, and is away when nobody could have sent.
"""

from dataclasses import dataclass

from canonical.abilities import Quota, QuotaKind
from tests.bench.quota.plan import LASTING_S
from tests.store.limiter.market import BucketMarket, WindowMarket

STEP_S = 0.01


@dataclass(frozen=True)
class Circumstance:
    """What happened in a span.

    Attributes:
        away: Seconds from the span's beginning in which no call could leave.
        lost: Calls under way whose caller was killed or stood still: nobody can know that they have
            ended before the longest time that a call lasts.
        halved: Since when the marketplace allowed half.
    """

    away: float = 0.0
    lost: int = 0
    halved: float | None = None


def counted(quota: Quota, taken: list[float], start: float, span: float) -> int:
    """Calls that the marketplace let in within a span."""
    start, span = bounds(quota, start, span)
    return sum(start <= at < start + span for at in taken)


def possible(
    quota: Quota, taken: list[float], start: float, span: float, what: Circumstance
) -> float:
    """Calls that could have been let in within a span.

    Args:
        quota: As declared.
        taken: When the marketplace let calls in, those before the span among them.
        start: Of the span.
        span: Its length in seconds.
        what: What happened.
    """
    if what.away >= span:
        return 0.0
    start, span = bounds(quota, start, span)
    limit = quota.limit // 2 if what.halved is not None else quota.limit
    per = quota.per.total_seconds()
    if quota.kind is QuotaKind.CONCURRENCY:
        places = limit * (span - what.away) - what.lost * (per - LASTING_S)
        return places / LASTING_S
    if quota.kind is QuotaKind.PERIOD:
        return limit * span / per
    market = (
        BucketMarket(quota.limit, per, quota.burst, seen=min(taken, default=start))
        if quota.kind is QuotaKind.BUCKET
        else WindowMarket(quota.limit, per)
    )
    for at in sorted(at for at in taken if at < start):
        if what.halved is not None and at >= what.halved:
            market.limit = limit
        market.takes(at)
    market.limit = limit
    at, count = start + what.away, 0
    while at < start + span:
        if market.takes(at):
            count += 1
        else:
            at += STEP_S
    return count


def bounds(quota: Quota, start: float, span: float) -> tuple[float, float]:
    """The span that is judged: of a quota by the calendar, whole periods only."""
    if quota.kind is not QuotaKind.PERIOD:
        return start, span
    per = quota.per.total_seconds()
    begins = -(-start // per) * per
    return begins, max(per, (start + span - begins) // per * per)
