"""The limiter as channels see it: one reservation per HTTP request, spent before it leaves."""

from datetime import timedelta
from typing import Protocol


class Limiter(Protocol):
    """Holds calls back until the marketplace will take them."""

    async def reserve(self, account: str, operation: str, *, urgent: bool = False) -> None:
        """Waits for a slot and takes it.

        Raises:
            ThrottledError: The slot is farther off than a call may wait in place; the error says
                how far.
        """
        ...

    async def correct(self, account: str, operation: str, retry_after: timedelta) -> None:
        """The marketplace refused for quota: nothing of this operation leaves before the time."""
        ...
