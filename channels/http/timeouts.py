"""How long each part of a call may take, and the whole."""

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import ClientTimeout


@dataclass(frozen=True)
class Timeouts:
    """Four timeouts, the last of which bounds the others.

    The total and the longest wait in place for a slot must stay below the start-to-close timeout
    of whatever calls, so that two attempts never overlap.
    """

    pool: timedelta = timedelta(seconds=10)
    """Until a connection is free or made."""
    connect: timedelta = timedelta(seconds=5)
    """For one socket to be opened."""
    read: timedelta = timedelta(seconds=15)
    """Between two pieces of the answer."""
    total: timedelta = timedelta(seconds=30)

    def as_aiohttp(self) -> ClientTimeout:
        """The same for aiohttp; unrounded, or it would stretch them to whole seconds."""
        return ClientTimeout(
            total=self.total.total_seconds(),
            connect=self.pool.total_seconds(),
            sock_connect=self.connect.total_seconds(),
            sock_read=self.read.total_seconds(),
            ceil_threshold=float("inf"),
        )
