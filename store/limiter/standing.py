"""How a quota stands, for people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from store.limiter.kinds import Held
from store.limiter.learning import limit_of
from store.limiter.rows import SqlRows
from store.limiter.rule import Rule
from store.limiter.state import State
from store.limiter.taking import together


@dataclass(frozen=True)
class Standing:
    """One quota now. Calls that tickets let out are not counted in `used`.

    Attributes:
        limit: What is kept now; below `declared` where the marketplace has shown that it is.
        used: Calls in the window, tokens gone, calls under way or calls of the period.
        free: What is left of the limit, or of the bucket.
        waiting: Ordinary calls that wait in any process.
        waiting_urgent: Urgent ones.
        next_slot: Seconds until an ordinary call that came now could leave, were none waiting.
        next_urgent: The same for an urgent call.
        closed: Seconds for which the marketplace wants no call.
        lent: Single calls lent to processes for when the database is away.
    """

    key: str
    kind: str
    declared: int
    limit: float
    used: float
    free: float
    waiting: int
    waiting_urgent: int
    next_slot: float
    next_urgent: float
    closed: float
    lent: int


async def standings(rows: SqlRows, rules: Iterable[Rule]) -> list[Standing]:
    """Each rule's standing, in the order given.

    Raises:
        StoreError: The database is away.
    """
    wanted = list(rules)
    answer = await rows.look([rule.key for rule in wanted])
    found = []
    for rule in wanted:
        row = answer.rows.get(rule.key)
        state = State.model_validate_json(row.state) if row else State()
        found.append(_standing(Held(rule, state), answer.now))
    return found


def _standing(held: Held, now: float) -> Standing:
    rule, state = held.rule, held.state
    waiting, urgent = state.waiting(now)
    used = held.used(now)
    return Standing(
        key=rule.key,
        kind=rule.kind.value,
        declared=rule.limit,
        limit=round(limit_of(rule, state), 2),
        used=round(used, 1),
        free=round(max(0.0, held.capacity() - used), 1),
        waiting=waiting,
        waiting_urgent=urgent,
        next_slot=_seconds(together([held], now, False, urgent > 0), now),
        next_urgent=_seconds(together([held], now, True, False), now),
        closed=round(max(0.0, state.opens(now) - now) / 1000, 1),
        lent=sum(ticket.until > now for ticket in state.tickets),
    )


def _seconds(found: tuple[float, Sequence[str]], now: float) -> float:
    return round((found[0] - now) / 1000, 2)
