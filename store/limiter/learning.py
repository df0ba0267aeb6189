"""The limit that holds: the declared one, or what refusals have shown it to be."""

from store.limiter.rule import Rule
from store.limiter.state import Learned, State

FLOOR = 0.1
"""Of the declared limit: no refusal makes us believe in less."""
PROBE_AFTER = 6
"""Windows without a refusal before more is tried."""
PROBE_AT_MOST = 3_600_000.0


def limit_of(rule: Rule, state: State) -> float:
    """The limit to keep."""
    return rule.limit if state.learned is None else state.learned.limit


def probe(rule: Rule, state: State, now: float) -> None:
    """Tries a little more, where it is time."""
    learned = state.learned
    if learned is None or now < learned.probe_at:
        return
    learned.limit += learned.step
    learned.step *= 2
    learned.probe_at = now + learned.every
    if learned.limit >= rule.limit:
        state.learned = None


def learn(rule: Rule, state: State, now: float, measured: float, span: float) -> None:
    """Believes a measured limit.

    Args:
        rule: The quota.
        state: Its row.
        now: Of the refusal.
        measured: What the marketplace let pass.
        span: How long a window is, for the pace of probes.
    """
    before = state.learned
    floor = max(1.0, rule.limit * FLOOR, 2.0 * rule.tickets)
    limit = max(floor, min(measured, before.limit if before else rule.limit - 1.0))
    limit = min(limit, float(rule.limit))
    fresh = before is None or now - before.at > span
    every = before.every if before else PROBE_AFTER * span
    if before is not None and fresh:
        every = min(2 * every, PROBE_AT_MOST)
    state.learned = Learned(
        limit=limit,
        at=now,
        probe_at=now + every,
        step=max(1.0, rule.limit / 50) if rule.limit > 1 else 0.02,
        every=every,
    )
