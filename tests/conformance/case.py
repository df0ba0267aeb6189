"""Cases: what is demanded of every channel, and of which channels by their abilities alone."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from canonical.abilities import Abilities, Carries, QuotaScope
from tests.conformance.stage import Stage

Play: TypeAlias = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class Rule:
    """Whether a case applies; `needs` names the ability for people."""

    needs: str
    holds: Callable[[Abilities], bool]


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    name: str
    demands: str
    """One sentence."""
    rules: tuple[Rule, ...]
    play: Play

    def lacks(self, abilities: Abilities) -> tuple[str, ...]:
        """The abilities for want of which it does not apply; none: it applies."""
        return tuple(rule.needs for rule in self.rules if not rule.holds(abilities))


CASES: dict[str, Case] = {}
"""All cases by name, in the order in which they are written."""


def case(name: str, demands: str, *rules: Rule) -> Callable[[Play], Play]:
    """Enters a case."""

    def enter(play: Play) -> Play:
        assert name not in CASES, f"two cases are called {name}"
        CASES[name] = Case(name, demands, rules, play)
        return play

    return enter


TOKENS = Rule("tokens", lambda a: a.tokens)
PARTIAL = Rule("partial_answers", lambda a: a.partial_answers)
NAMES_WAIT = Rule("names_wait", lambda a: a.names_wait)
LISTS = Rule("polling", lambda a: a.polling is not None)
READS = Rule("order_readable", lambda a: a.order_readable)
SHOWS = Rule("order_readable or polling", lambda a: a.order_readable or a.polling is not None)
ACTS = Rule("actions", lambda a: bool(a.actions))
WHOLE = Rule("event_carries: order or parcel", lambda a: a.event_carries is not Carries.NOTICE)
HOOKS = Rule("webhooks", lambda a: a.webhooks is not None and a.webhooks.can_register)
SIGNS = Rule("webhooks.signs_body", lambda a: a.webhooks is not None and a.webhooks.signs_body)
CURRENCIES = Rule("currencies", lambda a: bool(a.currencies))
SHIPS = Rule("actions: ships_by", lambda a: a.ships_by in a.actions)


def counts_by(scope: QuotaScope) -> Rule:
    """A quota of this scope is declared."""
    return Rule(f"quotas: {scope.value}", lambda a: any(q.scope is scope for q in a.quotas))
