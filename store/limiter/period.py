"""So many from reset to reset, as for a day. What is kept for urgent calls melts with the day."""

from store.limiter.learning import limit_of
from store.limiter.rule import Rule
from store.limiter.state import State


def earliest(rule: Rule, state: State, now: float, urgent: bool, yields: bool) -> tuple[float, str]:
    """When the next call may leave."""
    at = _away_from_reset(rule, now)
    if _number(rule, at) < state.period:  # the clock was set back, or another booked ahead
        at = _begin(rule, state.period) + rule.skew
    if _number(rule, at) > state.period:
        return at, "period"
    limit = int(limit_of(rule, state))
    total = state.period_bulk + state.period_urgent
    if total >= limit:
        return _begin(rule, state.period + 1) + rule.skew, "period"
    kept = rule.kept(limit)
    left = 1 - (at - _begin(rule, state.period)) / rule.per
    if urgent or state.period_bulk < limit - kept * left:
        return at, "period"
    return at + rule.per / kept, "period"


def record(rule: Rule, state: State, at: float, part: str, urgent: bool) -> None:
    """Counts a call."""
    number = _number(rule, at)
    if number != state.period:
        state.period, state.period_bulk, state.period_urgent = number, 0, 0
    if urgent:
        state.period_urgent += 1
    else:
        state.period_bulk += 1


def give_back(rule: Rule, state: State, at: float, urgent: bool) -> None:
    """Forgets a call that did not leave."""
    if _number(rule, at) != state.period:
        return
    if urgent:
        state.period_urgent = max(0, state.period_urgent - 1)
    else:
        state.period_bulk = max(0, state.period_bulk - 1)


def used(rule: Rule, state: State, now: float) -> float:
    """Calls since the reset."""
    if _number(rule, now) != state.period:
        return 0
    return state.period_bulk + state.period_urgent


def capacity(rule: Rule, state: State) -> float:
    """Calls in a period."""
    return limit_of(rule, state)


def refuse(rule: Rule, state: State, now: float, left: float) -> None:
    """A refusal closes; how much a day holds is not to be told from it."""


def distrust(rule: Rule, state: State, now: float, booked: float) -> None:
    """The clock was set: the count stands, as a day is long."""


def tidy(rule: Rule, state: State, now: float, most: float) -> None:
    """A period ahead of the clock is waited for; nothing is to be moved."""


def _number(rule: Rule, at: float) -> int:
    return int((at - rule.resets) // rule.per)


def _begin(rule: Rule, number: int) -> float:
    return number * rule.per + rule.resets


def _away_from_reset(rule: Rule, at: float) -> float:
    """Nothing leaves where the marketplace may count it to either period."""
    begin = _begin(rule, _number(rule, at))
    if at < begin + rule.skew:
        return begin + rule.skew
    if at > begin + rule.per - rule.skew - rule.margin:
        return begin + rule.per + rule.skew
    return at
