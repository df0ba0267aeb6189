"""How long a newcomer would wait."""

from collections.abc import Sequence

from canonical.abilities import QuotaKind
from store.limiter import bucket
from store.limiter.clock import DatabaseClock
from store.limiter.kinds import Held
from store.limiter.learning import limit_of
from store.limiter.queue import Queue
from store.limiter.rule import URGENT_SHARE
from store.limiter.taking import together


def wait_for(
    quotas: Sequence[Held], queue: Queue, urgent: bool, clock: DatabaseClock, process: str
) -> float:
    """Milliseconds until a call that comes now would leave, by what was last seen.

    Those who wait here, those who wait elsewhere and those who were sent away stand before it.
    """
    if not quotas or not clock.known:
        return 0.0
    now = clock.latest()
    before = float(len(queue.urgent))
    if not urgent:
        before += len(queue.bulk) + queue.away(clock.own())
    before *= 1 + _crowd(quotas, now, process, before)
    first, _ = together(quotas, now, urgent, yields=False)
    each = max(_each(held, urgent) for held in quotas)
    ready = min(_ready(held, now) for held in quotas) if first <= now else 0.0
    return max(0.0, first - now) + max(0.0, before - ready) * each


def _crowd(quotas: Sequence[Held], now: float, process: str, own: float) -> float:
    """How many slots others take for each of ours.

    Each gets an equal share at most: who has few waiting does not wait for those who have many.
    """
    most = 0.0
    for held in quotas:
        alive = [m for k, m in held.state.members.items() if k != process and m.waits(now)]
        waiting = sum(m.bulk + m.urgent for m in alive)
        most = max(most, min(len(alive), waiting / (own + 1)))
    return most


def _each(held: Held, urgent: bool) -> float:
    """Milliseconds from slot to slot under load."""
    rule = held.rule
    if rule.kind is QuotaKind.CONCURRENCY:
        return 0.0
    if rule.kind is QuotaKind.PERIOD:
        return 0.0
    share = URGENT_SHARE if urgent else 1.0
    span = rule.per if rule.kind is QuotaKind.BUCKET else rule.window
    return span / max(1.0, limit_of(rule, held.state) * share)


def _ready(held: Held, now: float) -> float:
    """About how many calls could leave at once."""
    rule = held.rule
    if rule.kind is QuotaKind.BUCKET:
        whole, _ = bucket.parts(rule, held.state)
        return whole.size
    return limit_of(rule, held.state) - held.used(now)
