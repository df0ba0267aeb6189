"""Tokens that we obtain from a marketplace, as channels see them: held once for all processes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, TypeAlias


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
