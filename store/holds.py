"""Holds: accounts whose marketplace calls wait, because a person or a refused login says so."""

from datetime import datetime
from typing import cast

from pydantic import BaseModel, ConfigDict

from canonical.text import Text, cut
from store.columns import Human
from store.cursors import Cursors
from store.tables import cursors

NAME = "hold"
"""Kept among the account's named values, which move by compare-and-set."""
LIFTED = ""
LIMIT = cast(Human, cursors.c.value.type).length or 0


class Hold(BaseModel):
    """Who holds an account's calls back, since when, and why."""

    model_config = ConfigDict(frozen=True)

    by: Text
    why: Text
    since: datetime
    credentials: bool = False
    """Set by ourselves, as the marketplace refused our login; gone with the first call it takes."""


class Holds:
    """At most one for each account."""

    def __init__(self, cursors: Cursors) -> None:
        self._cursors = cursors

    async def get(self, channel: str, account: str) -> Hold | None:
        """What holds the account's calls back now."""
        found = await self._cursors.get(channel, account, NAME)
        if found is None or found.value == LIFTED:
            return None
        return Hold.model_validate_json(found.value)

    async def put(self, channel: str, account: str, hold: Hold) -> Hold:
        """Holds the account back. What a person has said is not replaced by a refused login.

        Returns:
            What holds now.
        """
        while True:
            found = await self._cursors.get(channel, account, NAME)
            stands = Hold.model_validate_json(found.value) if found and found.value else None
            if stands is not None and hold.credentials and not stands.credentials:
                return stands
            version = found.version if found else None
            if await self._cursors.commit(channel, account, NAME, _written(hold), version):
                return hold

    async def lift(self, channel: str, account: str, *, credentials_only: bool = False) -> bool:
        """Lets calls go on.

        Args:
            channel: The channel.
            account: The account.
            credentials_only: Whether what a person has said stays.

        Returns:
            Whether anything was held back.
        """
        while True:
            found = await self._cursors.get(channel, account, NAME)
            if found is None or found.value == LIFTED:
                return False
            if credentials_only and not Hold.model_validate_json(found.value).credentials:
                return False
            if await self._cursors.commit(channel, account, NAME, LIFTED, found.version):
                return True


def _written(hold: Hold) -> str:
    """As JSON within the column's limit; `why` gives way, visibly."""
    text = hold.model_dump_json()
    room = len(hold.why)
    while len(text) > LIMIT:
        room -= 10
        text = hold.model_copy(update={"why": cut(hold.why, room)}).model_dump_json()
    return text
