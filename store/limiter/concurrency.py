"""At most so many calls under way: places that are given back, or lapse with their holder."""

from store.limiter.learning import learn, limit_of
from store.limiter.rule import Rule
from store.limiter.state import State

ASK_AGAIN = 60.0
"""Nobody can foresee when another process gives a place back. The more processes ask, the more
seldom each of them does."""
GRACE = 250.0
"""Added to a call's longest time before its place counts as free."""


def earliest(rule: Rule, state: State, now: float, urgent: bool, yields: bool) -> tuple[float, str]:
    """Now, where a place is free; else when to ask again.

    A place that stays empty for an urgent call is lost to all: the next one that ends is as good.
    So ordinary calls leave one only while urgent ones wait.
    """
    free = int(limit_of(rule, state)) - taken(state)
    crowd = max(1, sum(member.bulk + member.urgent > 0 for member in state.members.values()))
    return (now if free > 0 and not (yields and free <= 1) else now + crowd * ASK_AGAIN), "held"


def hold(rule: Rule, state: State, at: float, process: str) -> None:
    """Takes a place."""
    until = at + rule.good_for + rule.per + GRACE
    state.held[process] = sorted([*state.held.get(process, []), round(until)])


def give_back(state: State, process: str, number: int) -> None:
    """Frees the places that would lapse first, so that none lapses under a call."""
    kept = state.held.pop(process, [])[number:]
    if kept:
        state.held[process] = kept


def taken(state: State) -> int:
    return sum(map(len, state.held.values()))


def used(rule: Rule, state: State, now: float) -> float:
    """Places taken."""
    return taken(state)


def capacity(rule: Rule, state: State) -> float:
    """Places in all."""
    return limit_of(rule, state)


def refuse(rule: Rule, state: State, now: float, left: float) -> None:
    """A refusal: as many as are under way are too many."""
    learn(rule, state, now, max(1.0, used(rule, state, now) - 1), rule.per)


def distrust(rule: Rule, state: State, now: float, booked: float) -> None:
    """The clock was set: places are held as if taken now."""
    least = now + rule.per + GRACE + booked
    state.held = {k: [max(u, least) for u in held] for k, held in state.held.items()}


def tidy(rule: Rule, state: State, now: float, most: float) -> None:
    """Frees places that have lapsed, and moves what lies too far ahead: the clock was set back."""
    most += rule.good_for + rule.per + GRACE
    alive = {k: [min(u, most) for u in held if u > now] for k, held in state.held.items()}
    state.held = {k: held for k, held in alive.items() if held}
