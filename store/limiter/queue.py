"""Those who wait for slots of the same quotas, in one process."""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from store.limiter.taking import Given


class NoSlotError(Exception):
    """The slot is farther off than a call may wait in place.

    Attributes:
        wait: Seconds until it is worth asking again.
    """

    def __init__(self, wait: float) -> None:
        super().__init__(f"no slot for {wait:.1f} s")
        self.wait = wait


class SlotsAwayError(Exception):
    """The database that slots come from does not answer."""


@dataclass(eq=False)
class Waiter:
    """A call that waits for its slot."""

    urgent: bool
    since: float
    """Own clock, ms."""
    given: asyncio.Future[Given] = field(repr=False)


class Queue:
    """Two lanes, each first come first served."""

    def __init__(self) -> None:
        self.urgent: deque[Waiter] = deque()
        self.bulk: deque[Waiter] = deque()
        self._hinted: deque[float] = deque()
        """When those who were sent away come again, in order."""

    def __len__(self) -> int:
        return len(self.urgent) + len(self.bulk)

    def lane(self, urgent: bool) -> deque[Waiter]:
        return self.urgent if urgent else self.bulk

    def oldest(self) -> float:
        """Since when the one who waits longest waits."""
        return min((w.since for lane in (self.urgent, self.bulk) for w in lane), default=0.0)

    def add(self, waiter: Waiter, *, again: bool = False) -> None:
        """Puts a call at its lane's end, or at the front where its slot has passed unused."""
        lane = self.lane(waiter.urgent)
        if again:
            lane.appendleft(waiter)
        else:
            lane.append(waiter)

    def drop(self, waiter: Waiter) -> None:
        """A caller goes away."""
        lane = self.lane(waiter.urgent)
        if waiter in lane:
            lane.remove(waiter)

    def give(self, slot: Given) -> bool:
        """Gives a slot to the lane's first; False where nobody wants it any more."""
        lane = self.lane(slot.urgent)
        while lane:
            waiter = lane.popleft()
            if not waiter.given.done():
                waiter.given.set_result(slot)
                return True
        return False

    def overdue(self, before: float) -> Iterator[Waiter]:
        """Takes out those who have waited since before an instant."""
        for lane in (self.urgent, self.bulk):
            late = [waiter for waiter in lane if waiter.since <= before]
            for waiter in late:
                lane.remove(waiter)
            yield from late

    def fail_all(self, error: Exception) -> None:
        """Ends all waits."""
        for lane in (self.urgent, self.bulk):
            while lane:
                waiter = lane.popleft()
                if not waiter.given.done():
                    waiter.given.set_exception(error)

    def away(self, now: float) -> int:
        """How many were sent away and are not due yet."""
        while self._hinted and self._hinted[0] <= now:
            self._hinted.popleft()
        return len(self._hinted)

    def send_away(self, due: float) -> None:
        """Notes when a call that found no place comes again."""
        self._hinted.append(max(due, self._hinted[-1] if self._hinted else due))
