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


@dataclass(frozen=True)
class Allowance:
    """What a marketplace's answer says of a quota, in its headers for instance.

    Attributes:
        per_second: Calls that it allows in a second, as a mean. It counts from then on, below or
            above what the channel declares.
        remaining: Calls that it would still take once it had counted this one. Fewer than thought
            are believed at once; more are not, since it has not counted what is on its way.
        quota: The name by which the channel declares the quota; may be empty where only one quota
            (besides those of calls under way) counts the operation.
    """

    per_second: float | None = None
    remaining: int | None = None
    quota: str = ""


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

    async def correct(
        self, account: str, operation: str, retry_after: timedelta, ago: timedelta = timedelta(0)
    ) -> None:
        """The marketplace refused for quota what left `ago` before.

        Nothing of this operation leaves before `retry_after` has passed.
        """
        ...

    async def adjust(
        self,
        account: str,
        operation: str,
        allowance: Allowance,
        ago: timedelta = timedelta(0),
    ) -> None:
        """The marketplace said how a quota stands, in its answer to what left `ago` before.

        What is not news costs nothing, so that it may be told after every answer.
        """
        ...
