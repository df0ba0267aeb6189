"""The platform's token store, as a channel sees it, with nothing in it yet."""

from channels.tokens import Renew
from store.tokens import TokenStore


class ChannelTokens:
    """One channel's tokens."""

    def __init__(self, channel: str, store: TokenStore) -> None:
        self._channel = channel
        self._store = store

    async def access(self, account: str, name: str, renew: Renew) -> str:
        """See `channels.tokens.Tokens`."""
        return await self._store.access(self._channel, account, name, renew)

    async def refused(self, account: str, name: str, access: str) -> None:
        """See `channels.tokens.Tokens`."""
        await self._store.refused(self._channel, account, name, access)
