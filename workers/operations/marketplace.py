"""One account at its marketplace, opened for what a person wants to read there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from channels.port import Channel
from workers.bootstrap import configured, open_channels
from workers.limiting import slots_of
from workers.operations.errors import NotFoundError, RefusedError
from workers.operations.opened import open_store
from workers.settings import Settings
from workers.tokens import keep_tokens


@asynccontextmanager
async def open_account(settings: Settings, channel: str, account: str) -> AsyncIterator[Channel]:
    """The account; its calls go through the limiter that all processes share.

    Raises:
        SettingsError: The channel has no account.
        NotFoundError: It has none of this name.
        RefusedError: The account is paused.
    """
    known = configured(settings, [channel])
    wanted = [a for a in known if a.account == account]
    if not wanted:
        names = ", ".join(a.account for a in known)
        raise NotFoundError(f"{channel} has no account {account!r}; there are {names}.")
    async with open_store(settings) as store:
        hold = await store.holds.get(channel, account)
        if hold is not None:
            raise RefusedError(
                f"Account {channel} {account} is paused by {hold.by}: {hold.why}. Nothing is asked"
                f" of the marketplace before `souk account resume {channel} {account}`."
            )
        slots = slots_of(settings, [channel])
        opened = open_channels(wanted, slots)
        keep_tokens(opened, store.tokens)
        try:
            yield opened[channel, account]
        finally:
            await opened[channel, account].close()
            await slots.close()
