"""The limit that holds: the declared one or the marketplace's word, or what refusals have shown."""

from canonical.abilities import QuotaKind
from store.limiter.rule import Rule
from store.limiter.state import Learned, State

FLOOR = 0.1
"""Of the declared limit: no refusal makes us believe in less."""
PROBE_AFTER = 6
"""Windows without a refusal before more is tried."""
PROBE_AT_MOST = 3_600_000.0


def limit_of(rule: Rule, state: State) -> float:
    """The limit to keep."""
    return declared(rule, state) if state.learned is None else state.learned.limit


def declared(rule: Rule, state: State) -> float:
    """The limit that we were told."""
    return rule.limit if state.told is None else state.told


def probe(rule: Rule, state: State, now: float) -> None:
    """Tries a little more, where it is time."""
    learned = state.learned
    if learned is None or now < learned.probe_at:
        return
    learned.limit += learned.step
    learned.step *= 2
    learned.probe_at = now + learned.every
    if learned.limit >= declared(rule, state):
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
    whole = declared(rule, state)
    floor = whole * FLOOR
    if rule.kind is not QuotaKind.BUCKET:
        floor = max(1.0, floor, 2.0 * rule.tickets)
    fresh = before is None or now - before.at > span
    most = before.limit if before else whole
    if fresh and rule.kind is not QuotaKind.BUCKET:
        most -= 1.0  # as many as were let out are too many
    limit = min(max(floor, min(measured, most)), whole)
    every = before.every if before else PROBE_AFTER * span
    if before is not None and fresh:
        every = min(2 * every, PROBE_AT_MOST)
    state.learned = Learned(
        limit=limit,
        at=now,
        probe_at=now + every,
        step=whole / 50 if rule.kind is QuotaKind.BUCKET else max(1.0, whole / 50),
        every=every,
    )
