"""Tokens that we obtain from a marketplace, as channels see them: held once for all processes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, TypeAlias, runtime_checkable


@dataclass(frozen=True)
class Fresh:
    """What a marketplace has just issued."""

    access: str = field(repr=False)
    lasts: timedelta
    refresh: str | None = field(default=None, repr=False)
    """For the next time; None where this marketplace has none, or keeps the old one."""


Renew: TypeAlias = Callable[[str | None], Awaitable[Fresh]]
"""Asks the marketplace for a token, given the refresh token that is kept. It is called by one
process at a time, and may take half a minute."""


class Tokens(Protocol):
    """The token store."""

    async def access(self, account: str, name: str, renew: Renew) -> str:
        """A token that is good for a while, renewed ahead of its end.

        Raises:
            ChannelError: As `renew` raises it.
            UnavailableError: The store is away.
        """
        ...

    async def refused(self, account: str, name: str, access: str) -> None:
        """The marketplace no longer takes this token: the next `access` renews it."""
        ...


@runtime_checkable
class KeepsTokens(Protocol):
    """A channel that logs in: until it is given the token store it keeps its tokens to itself."""

    def keep_tokens(self, tokens: Tokens) -> None:
        """Has tokens kept where all processes find them."""
        ...


class OwnTokens:
    """Tokens of one process alone, for marketplaces that let several be good at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[Fresh, float]] = {}
        self._locks: dict[tuple[str, str], asyncio.Lock] = {}

    async def access(self, account: str, name: str, renew: Renew) -> str:
        """See `Tokens`."""
        key = (account, name)
        async with self._locks.setdefault(key, asyncio.Lock()):
            fresh, until = self._known.get(key, (None, 0.0))
            if fresh is None or time.monotonic() >= until:
                asked = time.monotonic()
                fresh = await renew(fresh.refresh if fresh else None)
                lasts = fresh.lasts.total_seconds()
                self._known[key] = fresh, asked + lasts - min(300.0, lasts / 4)
            return fresh.access

    async def refused(self, account: str, name: str, access: str) -> None:
        """See `Tokens`."""
        fresh, _ = self._known.get((account, name), (None, 0.0))
        if fresh is not None and fresh.access == access:
            self._known[account, name] = fresh, 0.0
