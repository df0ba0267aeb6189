"""The kinds of quotas behind one set of questions."""

from dataclasses import dataclass
from types import ModuleType
from typing import Protocol, cast

from canonical.abilities import QuotaKind
from store.limiter import bucket, concurrency, period, window
from store.limiter.rule import Rule
from store.limiter.state import State


class Kind(Protocol):
    """What a kind's module answers."""

    def earliest(
        self, rule: Rule, state: State, now: float, urgent: bool, yields: bool
    ) -> tuple[float, str]: ...

    def used(self, rule: Rule, state: State, now: float) -> float: ...

    def refuse(self, rule: Rule, state: State, now: float, left: float) -> None: ...

    def distrust(self, rule: Rule, state: State, now: float, booked: float) -> None: ...

    def tidy(self, rule: Rule, state: State, now: float, most: float) -> None: ...

    def capacity(self, rule: Rule, state: State) -> float: ...


_MODULES: dict[QuotaKind, ModuleType] = {
    QuotaKind.WINDOW: window,
    QuotaKind.BUCKET: bucket,
    QuotaKind.CONCURRENCY: concurrency,
    QuotaKind.PERIOD: period,
}


def kind_of(rule: Rule) -> Kind:
    """The kind of a rule."""
    return cast(Kind, _MODULES[rule.kind])


@dataclass
class Held:
    """A quota: its rule and what its row held when it was last seen."""

    rule: Rule
    state: State

    def earliest(self, now: float, urgent: bool, yields: bool, turn: bool) -> tuple[float, str]:
        """When the next call may leave, and from which part.

        Args:
            now: By the database's clock.
            urgent: Of which lane it is.
            yields: Whether it leaves urgent calls what is theirs.
            turn: Whether it may take a place among the calls under way before them.
        """
        opens = self.state.opens(now)
        if self.rule.kind is QuotaKind.CONCURRENCY:
            yields = yields and not turn
        return kind_of(self.rule).earliest(self.rule, self.state, opens, urgent, yields)

    def record(self, at: float, part: str, urgent: bool, process: str) -> None:
        """Takes a slot at an instant."""
        if self.rule.kind is QuotaKind.WINDOW:
            window.record(self.rule, self.state, at, part, urgent)
        elif self.rule.kind is QuotaKind.BUCKET:
            bucket.record(self.rule, self.state, at, part, urgent)
        elif self.rule.kind is QuotaKind.CONCURRENCY:
            concurrency.hold(self.rule, self.state, at, process)
        else:
            period.record(self.rule, self.state, at, part, urgent)

    def give_back(self, at: float, part: str, urgent: bool) -> None:
        """Forgets a slot by which nothing left."""
        if self.rule.kind is QuotaKind.WINDOW:
            window.give_back(self.rule, self.state, at, part)
        elif self.rule.kind is QuotaKind.BUCKET:
            bucket.give_back(self.state, at, part)
        elif self.rule.kind is QuotaKind.PERIOD:
            period.give_back(self.rule, self.state, at, urgent)

    def parted(self) -> bool:
        """Whether a share is kept for urgent calls."""
        if self.rule.kind is QuotaKind.BUCKET:
            return bucket.parts(self.rule, self.state)[1] is not None
        return self.rule.kept(int(self.capacity())) > 0

    def used(self, now: float) -> float:
        """How much of the capacity is used."""
        return kind_of(self.rule).used(self.rule, self.state, now)

    def capacity(self) -> float:
        """How much can be used."""
        return kind_of(self.rule).capacity(self.rule, self.state)
