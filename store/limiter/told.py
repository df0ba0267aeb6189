"""What the marketplace says of a quota beside its answers: how many it allows, how many are left.

Its rate counts from then on, below or above the declared one. What is left counts only where it is
less than was thought: others use the quota too. More than was thought is not believed, since calls
that are on their way are not in what it counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from canonical.abilities import QuotaKind
from store.limiter import bucket, log
from store.limiter.kinds import Held
from store.limiter.learning import declared
from store.limiter.state import State

SAME = 0.005
"""Rates that differ by less are the same: headers are rounded."""


@dataclass(frozen=True)
class Told:
    """What one answer said.

    Attributes:
        name: Of the quota that it speaks of; may be empty where only one can be meant.
        per_second: Calls that are allowed in a second, as a mean.
        remaining: Calls that were left once the call was counted.
    """

    name: str = ""
    per_second: float | None = None
    remaining: int | None = None


def meant(quotas: Sequence[Held], told: Told) -> Held | None:
    """The quota that is spoken of; None where it cannot be told."""
    rates = [held for held in quotas if held.rule.kind is not QuotaKind.CONCURRENCY]
    if told.name:
        rates = [held for held in rates if held.rule.name == told.name]
    return rates[0] if len(rates) == 1 else None


def differs(held: Held, told: Told, now: float, left: float) -> bool:
    """Whether it is anything new."""
    return _limit(held, told) is not None or _missing(held, told, now, left) >= 1


def heed(held: Held, told: Told, now: float, left: float) -> None:
    """Changes the state.

    Args:
        held: The quota.
        told: What was said of it.
        now: By the database's clock.
        left: When the call left whose answer said so.
    """
    limit = _limit(held, told)
    if limit is not None:
        if held.rule.kind is QuotaKind.BUCKET:
            bucket.refill_by(held.rule, held.state, now, limit)
        else:
            held.state.told, held.state.learned = limit, None
    _use(held, int(max(0.0, _missing(held, told, now, left))), now)


def _limit(held: Held, told: Told) -> float | None:
    """The new limit, where it is one."""
    if told.per_second is None or told.per_second <= 0:
        return None
    limit = told.per_second * held.rule.per / 1000
    if abs(limit - held.rule.limit) <= SAME * held.rule.limit:
        limit = float(held.rule.limit)
    if held.rule.kind is not QuotaKind.BUCKET:
        limit = max(1.0, round(limit, 6))
    known = declared(held.rule, held.state)
    return limit if abs(limit - known) > SAME * known else None


def _missing(held: Held, told: Told, now: float, left: float) -> float:
    """How many more calls were counted there than here."""
    if told.remaining is None:
        return 0.0
    rule, state = held.rule, held.state
    if rule.kind is QuotaKind.PERIOD:
        return held.capacity() - told.remaining - held.used(now)
    used = held.capacity() - told.remaining + _later(state, left)
    if rule.kind is QuotaKind.BUCKET:  # a part of a token is not told
        used -= 1 + (now - left) * declared(rule, state) / rule.per
    return used - held.used(now)


def _later(state: State, left: float) -> int:
    """Slots taken after the call left: they were surely not counted yet."""
    return log.count(state.bulk, left) + log.count(state.urgent, left)


def _use(held: Held, number: int, now: float) -> None:
    """Counts calls of others, of the ordinary part as far as it goes."""
    for _ in range(number):
        at, part = held.earliest(now, True, False, False)
        if at > now:
            return
        held.record(at, part, True, "")
