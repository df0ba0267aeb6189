"""At most so many in any window: the log of what has left, one part of it for urgent calls."""

from store.limiter import log
from store.limiter.learning import learn, limit_of
from store.limiter.log import Log
from store.limiter.rule import JITTER, Rule
from store.limiter.state import State

NEVER = float("inf")
BURST = 4
HASTE = 3.0
HASTE_LEAST = 0.02
"""Beyond a short burst, calls leave at most so many times faster than the quota's mean, or so many
in a millisecond: a thousand at one instant would be late, and late is lost; and if the marketplace
has cut the quota, all that are on their way are refused."""
FEELER = 300.0
"""Milliseconds after a refusal's end in which one call alone leaves, to see whether it is taken."""


def parts(rule: Rule, state: State) -> tuple[int, int]:
    """Slots per window for ordinary and for urgent calls, besides the tickets that are lent."""
    limit = int(limit_of(rule, state))
    kept = rule.kept(limit)
    lent = len(state.tickets)
    return max(1, limit - max(kept, lent)), max(0, kept - lent)


def earliest(rule: Rule, state: State, now: float, urgent: bool, yields: bool) -> tuple[float, str]:
    """When the next call may leave, and from which part it comes."""
    bulk, kept = parts(rule, state)
    now = _after_a_feeler(state, now)
    at = max(_free(state.bulk, bulk, rule, now), _unhurried(rule, state.bulk))
    own = max(_free(state.urgent, kept, rule, now), _unhurried(rule, state.urgent))
    if not urgent:
        own = NEVER if yields or not kept else max(own, state.borrowed + rule.window / kept)
    return (own, "urgent") if own < at or (urgent and own == at) else (at, "bulk")


def record(rule: Rule, state: State, at: float, part: str, urgent: bool) -> None:
    """Takes a slot from a part."""
    log.add(getattr(state, part), _on_grid(rule, at))
    if part == "urgent" and not urgent:
        state.borrowed = at


def give_back(rule: Rule, state: State, at: float, part: str) -> None:
    """Forgets a slot by which nothing left."""
    setattr(state, part, log.without(getattr(state, part), _on_grid(rule, at)))


def used(rule: Rule, state: State, now: float) -> float:
    """Slots in the window that ends now, without what tickets were used for."""
    since = now - rule.per
    return log.count(state.bulk, since) + log.count(state.urgent, since)


def capacity(rule: Rule, state: State) -> float:
    """Slots in a window."""
    return limit_of(rule, state)


def refuse(rule: Rule, state: State, now: float, left: float) -> None:
    """A refusal: what has left and was not refused is all that the marketplace allows.

    Tickets leave no trace; each counts as used.
    """
    state.refused = log.pruned(state.refused, now - 2 * rule.window)
    state.refused = sorted([*state.refused, (left, 1)])  # they are not told of in order
    # What went together is in as a whole: the way there takes one longer than the other.
    since, until = left - rule.per - JITTER, left + JITTER
    passed = log.count(state.bulk, since, until) + log.count(state.urgent, since, until)
    passed += sum(ticket.first <= left < ticket.until for ticket in state.tickets)
    learn(rule, state, now, passed - log.count(state.refused, since, until), rule.window)


def distrust(rule: Rule, state: State, now: float, booked: float) -> None:
    """The clock was set: what has left is unknown for a window."""
    state.close(now, now + rule.window + booked)


def tidy(rule: Rule, state: State, now: float, most: float) -> None:
    """Forgets what counts no more, and moves what lies too far ahead: the clock was set back."""
    past = now - rule.window
    state.bulk = log.clamped(log.pruned(state.bulk, past), most)
    state.urgent = log.clamped(log.pruned(state.urgent, past), most)
    state.borrowed = min(state.borrowed, most)


def _free(of: Log, limit: int, rule: Rule, now: float) -> float:
    if limit <= 0:
        return NEVER
    return max(now, log.last(of), log.from_end(of, limit) + rule.window)


def _after_a_feeler(state: State, now: float) -> float:
    """Where the marketplace had closed, one call goes ahead."""
    if state.closed is None or now < state.closed.until:
        return now
    gone = max(log.last(state.bulk), log.last(state.urgent)) >= state.closed.until
    return max(now, state.closed.until + FEELER) if gone else now


def _unhurried(rule: Rule, of: Log) -> float:
    pace = max(HASTE * rule.limit / rule.per, HASTE_LEAST)
    span = max(BURST / pace, 2 * rule.grid)
    return log.from_end(of, max(BURST, int(span * pace))) + span


def _on_grid(rule: Rule, at: float) -> float:
    steps = -(-at // rule.grid)
    return float(steps * rule.grid)
