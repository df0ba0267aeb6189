"""Tickets: single urgent calls lent to processes, so that a lost database does not stop decisions.

A ticket is one call in each window, taken off the quota's urgent share. It is lent to one process
at a time; its holder needs no database to use it. Another gets it only after the loan has ended,
and may use it a whole window later, by when no use of it before can still count.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from store.limiter.clock import DatabaseClock, Now
from store.limiter.kinds import Held
from store.limiter.rule import JITTER, Rule
from store.limiter.state import Ticket

LENT_FOR = 300_000.0
EARLY = 1_000.0
"""The holder stops before the loan ends."""


def renew(held: Held, process: str, clock: Now) -> None:
    """Lends a free ticket to the process, or lends its own on. At most one for each process."""
    rule, state = held.rule, held.state
    if not rule.tickets:
        return
    state.tickets = [t for t in state.tickets if t.until > clock.least]
    now = clock.most
    mine = next((t for t in state.tickets if t.holder == process), None)
    if mine is not None:
        if mine.until - now < LENT_FOR / 2:
            at = state.tickets.index(mine)
            state.tickets[at] = mine._replace(until=now + LENT_FOR)
    elif len(state.tickets) < rule.tickets:
        first = now + rule.window + 2 * rule.lookahead
        state.tickets.append(Ticket(process, first, now + LENT_FOR))


@dataclass
class Loan:
    """A ticket as its holder sees it, by its own clock, in milliseconds."""

    window: float
    first: float
    until: float
    last: float = float("-inf")

    def usable(self, now: float) -> bool:
        """Whether it may be used now."""
        return self.usable_from() <= now < self.until

    def usable_from(self) -> float:
        """When it may be used next."""
        return max(self.first, self.last + self.window)


class Loans:
    """The tickets that a process holds, by row."""

    def __init__(self, process: str) -> None:
        self._process = process
        self._loans: dict[str, Loan] = {}

    def note(self, held: Held, clock: DatabaseClock) -> None:
        """Takes up what a row says of this process."""
        ticket = next((t for t in held.state.tickets if t.holder == self._process), None)
        if ticket is None:
            self._loans.pop(held.rule.key, None)
            return
        before = self._loans.get(held.rule.key)
        self._loans[held.rule.key] = Loan(
            window=held.rule.per + JITTER + held.rule.good_for,
            first=clock.own_when_surely(ticket.first),
            until=clock.own_before_surely(ticket.until) - EARLY,
            last=before.last if before else float("-inf"),
        )

    def use(self, rules: Sequence[Rule], own: float) -> bool:
        """Uses a ticket of each rule, if all are there."""
        loans = [self._loans.get(rule.key) for rule in rules]
        if not all(loan is not None and loan.usable(own) for loan in loans):
            return False
        for loan in loans:
            if loan is not None:
                loan.last = own
        return True

    def usable_in(self, rules: Sequence[Rule], own: float) -> float:
        """Milliseconds until a ticket of each rule may be used.

        Infinity where one is not there, or where it is not for want of time that it is not used.
        """
        loans = [self._loans.get(rule.key) for rule in rules]
        wait = max((loan.usable_from() if loan else float("inf")) - own for loan in loans)
        return wait if wait > 0 else float("inf")
