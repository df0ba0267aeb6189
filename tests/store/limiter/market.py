"""How a marketplace counts, by its own clock. A small model that shares no code with the limiter.

Times are seconds since the model began. A refused call is not counted.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Protocol


class Market(Protocol):
    """One quota as the marketplace keeps it."""

    def takes(self, at: float) -> bool:
        """Whether a call that arrives now is let in. Calls arrive in order."""
        ...


@dataclass
class WindowMarket:
    """At most `limit` calls in any window of `per`."""

    limit: int
    per: float
    came: list[float] = field(default_factory=list)

    def takes(self, at: float) -> bool:
        if len(self.came) - bisect_right(self.came, at - self.per) >= self.limit:
            return False
        self.came.append(at)
        return True


@dataclass
class BucketMarket:
    """`burst` tokens, `limit` of which come back every `per`."""

    limit: float
    per: float
    burst: int
    level: float = -1.0
    seen: float = 0.0

    def takes(self, at: float) -> bool:
        if self.level < 0:
            self.level = self.burst
        gained = (at - self.seen) * self.limit / self.per
        self.level, self.seen = min(self.burst, self.level + gained), at
        if self.level < 1 - 1e-9:
            return False
        self.level -= 1
        return True


@dataclass
class PeriodMarket:
    """`limit` calls from reset to reset, whose clock is off by `skew`."""

    limit: int
    per: float
    skew: float = 0.0
    number: int = -1
    count: int = 0

    def takes(self, at: float) -> bool:
        number = int((at + self.skew) // self.per)
        if number != self.number:
            self.number, self.count = number, 0
        self.count += 1
        return self.count <= self.limit


@dataclass
class ConcurrencyMarket:
    """At most `limit` calls under way; each says when it ends."""

    limit: int
    lasting: float
    ends: list[float] = field(default_factory=list)

    def takes(self, at: float) -> bool:
        self.ends = [end for end in self.ends if end > at]
        if len(self.ends) >= self.limit:
            return False
        self.ends.append(at + self.lasting)
        return True
