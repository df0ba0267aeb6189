"""Slots from several quotas at once: one instant that all of them allow, noted in each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from canonical.abilities import QuotaKind
from store.limiter import concurrency
from store.limiter.clock import AHEAD, Now
from store.limiter.kinds import Held, kind_of
from store.limiter.learning import limit_of, probe
from store.limiter.rule import LOOKAHEAD_LEAST
from store.limiter.tickets import renew

ROUNDS = 8
REOPENING = 1_000.0
"""For how long it is remembered that the marketplace has just taken calls again."""
BULK_FIRST, BULK_FIRST_UNPARTED = 0.5, 0.25
"""How often ordinary calls go first: beside a share kept for urgent ones, and where there is
none."""
ASK_AGAIN = 60.0
"""Where it cannot be foreseen when it is this process's turn."""


@dataclass(frozen=True)
class Given:
    """A slot: leave for one call from `at` on, and the part of each quota that it comes from."""

    at: float
    urgent: bool
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wish:
    """What a process asks for.

    Attributes:
        process: Who asks.
        urgent: Urgent calls that wait.
        bulk: Ordinary ones.
        ended: Calls that have ended, whose places are given back first.
        unused: Slots that passed without a call, which count no more.
        urgent_ahead: Urgent slots that it has and whose time has not come. Who has as many as may
            be taken in one go takes no more: if it dies, they are lost.
        bulk_ahead: Ordinary ones.
        coin: From 0 to 1, at random: lets ordinary calls go first now and then, so that however
            many urgent ones there are, they do not take all.
    """

    process: str
    urgent: int = 0
    bulk: int = 0
    ended: int = 0
    unused: tuple[Given, ...] = ()
    urgent_ahead: int = 0
    bulk_ahead: int = 0
    coin: float = 1.0


@dataclass
class Taken:
    """Slots, and when to ask again for those who got none."""

    slots: list[Given] = field(default_factory=list)
    next_urgent: float = 0.0
    next_bulk: float = 0.0
    idle: bool = False
    """Nothing was taken or given back, and the others know of this process."""


def take(quotas: Sequence[Held], wish: Wish, clock: Now) -> Taken:
    """Takes slots up to the lookahead from now, urgent ones first. Changes the states.

    Args:
        quotas: All that count the call.
        wish: Who asks for how many.
        clock: The database's.
    """
    taken, now = Taken(), clock.at
    known = all(held.state.knows(wish.process, now, wish.bulk, wish.urgent) for held in quotas)
    for number, held in enumerate(quotas):
        held.state.see(wish.process, now, wish.bulk, wish.urgent)
        _tidy(held, clock)
        for slot in wish.unused:
            held.give_back(slot.at, slot.parts[number], slot.urgent)
        if wish.ended and held.rule.kind is QuotaKind.CONCURRENCY:
            concurrency.give_back(held.state, wish.process, wish.ended)
        renew(held, wish.process, clock)
    turn = wish.coin < (BULK_FIRST if all(h.parted() for h in quotas) else BULK_FIRST_UNPARTED)
    if turn:
        taken.next_bulk = _lane(quotas, wish, now, False, taken, turn)
    taken.next_urgent = _lane(quotas, wish, now, True, taken, turn)
    if not turn:
        taken.next_bulk = _lane(quotas, wish, now, False, taken, turn)
    for held in quotas:
        urgent = sum(slot.urgent for slot in taken.slots)
        bulk = len(taken.slots) - urgent
        held.state.see(wish.process, now, wish.bulk - bulk, wish.urgent - urgent)
    taken.idle = known and not (taken.slots or wish.unused or wish.ended)
    return taken


def _lane(
    quotas: Sequence[Held], wish: Wish, now: float, urgent: bool, taken: Taken, turn: bool
) -> float:
    """Takes one lane's slots; answers when the next one is due."""
    wanted = wish.urgent if urgent else wish.bulk
    most = min(held.rule.at_once for held in quotas)
    ahead = min(held.rule.lookahead for held in quotas)
    yields = not urgent and (
        wish.urgent > sum(slot.urgent for slot in taken.slots)
        or any(held.state.urgent_elsewhere(wish.process, now) for held in quotas)
    )
    if yields and not turn and not all(held.parted() for held in quotas):
        return now + ahead + ASK_AGAIN
    at, room = now, most - (wish.urgent_ahead if urgent else wish.bulk_ahead)
    for _ in range(min(wanted, room)):
        at, parts = together(quotas, now, urgent, yields, turn)
        if at > now + ahead or not parts:
            return at
        if not _fair(quotas, wish.process):
            return now + ASK_AGAIN * len(quotas[0].state.members)
        for held, part in zip(quotas, parts, strict=True):
            held.record(at, part, urgent, wish.process)
        taken.slots.append(Given(at, urgent, tuple(parts)))
    return now if wanted > most else at


def together(
    quotas: Sequence[Held], now: float, urgent: bool, yields: bool, turn: bool = False
) -> tuple[float, list[str]]:
    """The first instant that all quotas allow, and the part of each that it comes from.

    Without parts it is only an instant to ask again at: calls under way end nobody knows when.
    """
    at = now
    for _ in range(ROUNDS):
        answers = [held.earliest(at, urgent, yields, turn) for held in quotas]
        latest = max(instant for instant, _ in answers)
        if latest <= at:
            return at, [part for _, part in answers]
        at = latest
    return at, []


def _fair(quotas: Sequence[Held], process: str) -> bool:
    """Whether this process may take one more place while others have none."""
    for held in quotas:
        if held.rule.kind is not QuotaKind.CONCURRENCY:
            continue
        others = [k for k, m in held.state.members.items() if k != process and m.bulk + m.urgent]
        mine = len(held.state.held.get(process, []))
        poorer = [k for k in others if len(held.state.held.get(k, [])) < mine]
        share = limit_of(held.rule, held.state) / (len(others) + 1)
        if poorer and mine >= max(1.0, share):
            return False
    return True


def _tidy(held: Held, clock: Now) -> None:
    """No slot is ever given out farther ahead than the lookahead, unless the clock was set."""
    state, now = held.state, clock.at
    most = clock.most + AHEAD + max(held.rule.lookahead, LOOKAHEAD_LEAST)
    kind_of(held.rule).tidy(held.rule, state, clock.least, most)
    probe(held.rule, state, now)
    if state.closed and state.closed.at > most:
        moved = state.closed.at - now
        state.closed = state.closed._replace(at=now, until=state.closed.until - moved)
    elif state.closed and state.closed.until + REOPENING <= now:
        state.closed = None
