"""The database's clock as a process knows it: its own clock and the bounds of the difference.

Each answer of the database bears an instant between asking and answering. Answers narrow the
bounds; an answer outside them means that the database's clock was set.
"""

from collections.abc import Callable
from typing import NamedTuple

DRIFT = 0.001
"""How fast two clocks may part."""
AHEAD = 100.0
"""Milliseconds by which what is taken for now may be ahead of the database."""
SLACK = 5.0
"""Milliseconds by which the clock may be off without counting as set."""


class Now(NamedTuple):
    """The database's time: what it is taken for, and its bounds. In milliseconds."""

    at: float
    least: float
    most: float


class DatabaseClock:
    """Bounds of the database's time, in milliseconds."""

    def __init__(self, own: Callable[[], float]) -> None:
        """Takes the process's own clock, in milliseconds, which nobody sets."""
        self.own = own
        self._low = self._high = 0.0
        self._seen: float | None = None

    @property
    def known(self) -> bool:
        """Whether the database has answered yet."""
        return self._seen is not None

    def sample(self, before: float, after: float, instant: float) -> bool:
        """Takes in an answer.

        Args:
            before: Own time when it was asked.
            after: Own time when it had answered.
            instant: The database's.

        Returns:
            False where the database's clock was set since the last answer.
        """
        low, high = instant - after, instant - before
        if self._seen is None:
            self._low, self._high, self._seen = low, high, after
            return True
        wide = self._wide(after)
        steady = low <= self._high + wide + SLACK and high >= self._low - wide - SLACK
        if steady:
            low = max(low, min(self._low - wide, high))
            high = min(high, max(self._high + wide, low))
        self._low, self._high, self._seen = low, high, after
        return steady

    def now(self) -> Now:
        """What the database's clock shows."""
        own = self.own()
        least = own + self._low - self._wide(own)
        most = own + self._high + self._wide(own)
        return Now(min(most, least + AHEAD), least, most)

    def latest(self) -> float:
        """What it shows at most."""
        return self.now().most

    def own_when_surely(self, instant: float) -> float:
        """Own time from which on the database's clock surely shows the instant."""
        return instant - self._low + self._wide(self.own())

    def own_before_surely(self, instant: float) -> float:
        """Own time until which the database's clock surely does not show the instant."""
        return instant - self._high - self._wide(self.own())

    def _wide(self, own: float) -> float:
        return DRIFT * max(0.0, own - self._seen) if self._seen is not None else 0.0
