"""The channels' token store, fulfilled by the store's: every process of the platform shares it."""

from collections.abc import Mapping

from channels.errors import UnavailableError
from channels.port import Channel
from channels.tokens import KeepsTokens, Renew
from store import StoreError
from store.tokens import TokenStore


class ChannelTokens:
    """One channel's `Tokens`."""

    def __init__(self, channel: str, tokens: TokenStore) -> None:
        self._channel = channel
        self._tokens = tokens

    async def access(self, account: str, name: str, renew: Renew) -> str:
        """See `channels.tokens.Tokens`."""
        try:
            return await self._tokens.access(self._channel, account, name, renew)
        except StoreError as error:
            raise self._away(account, error) from None

    async def refused(self, account: str, name: str, access: str) -> None:
        """See `channels.tokens.Tokens`."""
        try:
            await self._tokens.refused(self._channel, account, name, access)
        except StoreError as error:
            raise self._away(account, error) from None

    def _away(self, account: str, error: StoreError) -> UnavailableError:
        return UnavailableError(
            self._channel,
            account,
            "login",
            f"its token cannot be had: {error}; nothing was sent",
            hint="Tokens are kept in the database: check that it runs.",
        )


def keep_tokens(channels: Mapping[tuple[str, str], Channel], tokens: TokenStore) -> None:
    """Gives the token store to the channels that log in.

    Args:
        channels: Opened ones, by channel and account.
        tokens: Which all processes share.
    """
    for (name, _), channel in channels.items():
        if isinstance(channel, KeepsTokens):
            channel.keep_tokens(ChannelTokens(name, tokens))
