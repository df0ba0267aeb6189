"""A bucket of tokens, as one instant: when it would be full again.

The newest slots stand beside it one by one, so that one by which nothing left can be taken out.

The marketplace's bucket may see two calls closer together than they left. So ours is smaller by
what its bucket gains meanwhile; where nothing can be taken off, the calls are farther apart.
"""

from dataclasses import dataclass

from store.limiter import log
from store.limiter.learning import declared, learn, limit_of
from store.limiter.log import Log
from store.limiter.rule import URGENT_SHARE, Rule
from store.limiter.state import State

NEVER = float("inf")
ENOUGH = 8
"""Calls between two refusals from which the rate can be told."""
SAME_EPISODE = 2_000.0
PROBE_SPAN = 60
"""Emission intervals that count as a window for probing."""
KEPT_FOR = 3_000.0
KEPT_MOST = 100
"""How long, and how many, slots may still come back."""


@dataclass(frozen=True)
class Part:
    """A smaller bucket within the bucket."""

    each: float
    size: float

    def free(self, full: float, of: Log, now: float, leaving: float = 0.0) -> float:
        """When a token is there, besides those that are to be left."""
        due = self.full_again(full, of) - (max(1.0, self.size - leaving) - 1.0) * self.each
        return max(now, due, log.last(of))

    def full_again(self, full: float, of: Log) -> float:
        """When it is full again, after these slots too."""
        for at, number in of:
            full = max(full, at) + number * self.each
        return full


def parts(rule: Rule, state: State) -> tuple[Part, Part | None]:
    """For ordinary and for urgent calls; one for both where the bucket is too small for two."""
    each = rule.per / limit_of(rule, state)
    size = rule.burst - rule.margin * max(rule.limit, declared(rule, state)) / rule.per
    if size < 1:
        return Part(each + rule.margin, 1.0), None
    if size < 2:
        return Part(each, size), None
    kept = max(1.0, size * URGENT_SHARE)
    return Part(each / (1 - URGENT_SHARE), size - kept), Part(each / URGENT_SHARE, kept)


def earliest(rule: Rule, state: State, now: float, urgent: bool, yields: bool) -> tuple[float, str]:
    """When the next call may leave, and from which part it comes."""
    bulk, kept = parts(rule, state)
    at, own = bulk.free(state.bulk_tat, state.bulk, now), NEVER
    if kept and (urgent or not yields):
        own = kept.free(state.urgent_tat, state.urgent, now, leaving=0 if urgent else 1)
    return (own, "urgent") if own < at or (urgent and own == at) else (at, "bulk")


def record(rule: Rule, state: State, at: float, part: str, urgent: bool) -> None:
    """Takes a token from a part."""
    log.add(getattr(state, part), at)
    if state.learned:
        state.learned.passed += 1


def give_back(state: State, at: float, part: str) -> None:
    """Forgets a slot by which nothing left; one that is no longer known by itself is lost."""
    before = getattr(state, part)
    setattr(state, part, without := log.without(before, at))
    if state.learned and without != before:
        state.learned.passed = max(0, state.learned.passed - 1)


def used(rule: Rule, state: State, now: float) -> float:
    """Tokens that are not there now."""
    bulk, kept = parts(rule, state)
    gone = max(0.0, bulk.full_again(state.bulk_tat, state.bulk) - now) / bulk.each
    if kept is None:
        return gone
    return gone + max(0.0, kept.full_again(state.urgent_tat, state.urgent) - now) / kept.each


def capacity(rule: Rule, state: State) -> float:
    """Tokens of a full bucket."""
    return float(rule.burst)


def refuse(rule: Rule, state: State, now: float, left: float) -> None:
    """A refusal: the bucket is empty, and fills more slowly than was thought."""
    before = state.learned
    current = limit_of(rule, state)
    episode = max(SAME_EPISODE, 2 * rule.per / current)
    if before is not None and now - before.at < episode:
        return
    measured = current / 2
    if before is not None and before.passed >= ENOUGH:
        measured = (before.passed - 1) * rule.per / (now - before.at)
    settle(rule, state)
    learn(rule, state, now, measured, PROBE_SPAN * rule.per / rule.limit)
    empty(rule, state, now)


def distrust(rule: Rule, state: State, now: float, booked: float) -> None:
    """The clock was set: the bucket counts as empty."""
    empty(rule, state, now + booked)


def empty(rule: Rule, state: State, now: float) -> None:
    """Nothing is left in either part."""
    settle(rule, state)
    bulk, kept = parts(rule, state)
    state.bulk_tat = max(state.bulk_tat, now + bulk.size * bulk.each)
    if kept:
        state.urgent_tat = max(state.urgent_tat, now + kept.size * kept.each)


def refill_by(rule: Rule, state: State, now: float, limit: float) -> None:
    """Tokens come back at another rate from now on; as many are gone as before."""
    settle(rule, state)
    bulk, kept = parts(rule, state)
    gone = max(0.0, state.bulk_tat - now) / bulk.each
    gone_urgent = max(0.0, state.urgent_tat - now) / kept.each if kept else 0.0
    state.told, state.learned = limit, None
    bulk, kept = parts(rule, state)
    state.bulk_tat = now + gone * bulk.each
    if kept:
        state.urgent_tat = now + gone_urgent * kept.each


def tidy(rule: Rule, state: State, now: float, most: float) -> None:
    """Forgets old slots apart, and moves what lies too far ahead: the clock was set back."""
    bulk, kept = parts(rule, state)
    state.bulk, state.urgent = log.clamped(state.bulk, most), log.clamped(state.urgent, most)
    settle(rule, state, now - KEPT_FOR)
    state.bulk_tat = min(state.bulk_tat, most + bulk.size * bulk.each)
    if kept:
        state.urgent_tat = min(state.urgent_tat, most + kept.size * kept.each)


def settle(rule: Rule, state: State, until: float = float("inf")) -> None:
    """Counts slots until an instant into the one instant of each part, at the rate of now."""
    bulk, kept = parts(rule, state)
    old, state.bulk = log.split(state.bulk, until, KEPT_MOST)
    state.bulk_tat = bulk.full_again(state.bulk_tat, old)
    if kept:
        old, state.urgent = log.split(state.urgent, until, KEPT_MOST)
        state.urgent_tat = kept.full_again(state.urgent_tat, old)
