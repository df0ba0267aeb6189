"""A request's leave to go: one slot, taken anew where the connection came too late for it."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from channels.http.exchange import Request
from channels.limiter import Limiter, Slot


@dataclass
class Passage:
    """The slot that a request leaves by."""

    _limiter: Limiter
    _account: str
    _request: Request
    _slot: Slot
    _taken: bool = True
    _left: float = field(default_factory=time.monotonic)

    @classmethod
    async def reserved(cls, limiter: Limiter, account: str, request: Request) -> "Passage":
        """Waits for a slot.

        Raises:
            ThrottledError: It is too far off to be waited for.
            UnavailableError: Slots cannot be had now.
        """
        slot = await limiter.reserve(account, request.operation, urgent=request.urgent)
        return cls(limiter, account, request, slot)

    async def renew_if_late(self) -> None:
        """Makes sure that the request leaves within a slot, after a stall or a slow connection.

        Raises:
            ThrottledError: The next slot is too far off; nothing was sent.
            UnavailableError: Slots cannot be had now; nothing was sent.
        """
        self._left = time.monotonic()
        while not self._slot.good():
            await self.end()
            self._slot = await self._limiter.reserve(
                self._account, self._request.operation, urgent=self._request.urgent
            )
            self._taken = True
            self._left = time.monotonic()

    def ago(self) -> timedelta:
        """How long ago the request left."""
        return timedelta(seconds=time.monotonic() - self._left)

    async def end(self) -> None:
        """The call was answered, or will never leave."""
        if self._taken:
            self._taken = False
            await self._limiter.done(self._account, self._request.operation)
