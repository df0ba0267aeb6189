"""The limiter as channels see it: one reservation per HTTP request, spent before it leaves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Slot:
    """Leave to send one request now."""

    good: Callable[[], bool] = _always
    """Whether it may still leave: after a stall it may not, and another slot is taken."""


class Limiter(Protocol):
    """Holds calls back until the marketplace will take them."""

    async def reserve(self, account: str, operation: str, *, urgent: bool = False) -> Slot:
        """Waits for a slot and takes it. It is spent, whether or not the request then leaves.

        Raises:
            ThrottledError: The slot is farther off than a call may wait in place; the error says
                how far.
            UnavailableError: Slots cannot be had now; nothing was sent.
        """
        ...

    async def done(self, account: str, operation: str) -> None:
        """The call that a slot was taken for was answered, or will never leave.

        It is not told of a call that left and was not answered: it may still be under way.
        """
        ...

    async def correct(self, account: str, operation: str, retry_after: timedelta) -> None:
        """The marketplace refused for quota: nothing of this operation leaves before the time."""
        ...
