"""Registering the accounts' webhooks by hand, as their workflows do at each check."""

from dataclasses import dataclass

from canonical.abilities import Webhooks
from channels.port import Channel
from workers.bootstrap import callback_url, configured, open_channels
from workers.limiting import slots_of
from workers.operations.errors import NotFoundError
from workers.operations.opened import open_store
from workers.settings import AccountSettings, Settings
from workers.tokens import keep_tokens


@dataclass(frozen=True)
class Subscription:
    """One account's webhook, before and after."""

    channel: str
    account: str
    url: str | None
    """Where it points; None where the account has none, empty where that is a queue."""
    before: str
    """As it was found: active, passive or missing; `none` where nothing was asked."""
    after: str
    to_do: str = ""
    """What is left to a person."""


async def subscribed(settings: Settings, channel: str, account: str | None) -> list[Subscription]:
    """Registers the webhooks of a channel's accounts, or brings them up to date.

    Calls go through the limiter that all processes share. Doing it twice changes nothing.

    Raises:
        SettingsError: The channel has no account.
        NotFoundError: It has none of this name.
        ChannelError: The marketplace refuses, or does not answer.
    """
    known = configured(settings, [channel])
    wanted = [a for a in known if account in (None, a.account)]
    if not wanted:
        names = ", ".join(a.account for a in known)
        raise NotFoundError(f"{channel} has no account {account!r}; there are {names}.")
    slots = slots_of(settings, [channel])
    channels = open_channels(wanted, slots)
    try:
        async with open_store(settings) as store:
            keep_tokens(channels, store.tokens)
            return [
                await _subscribed(settings, each, channels[each.channel, each.account])
                for each in wanted
            ]
    finally:
        for opened in channels.values():
            await opened.close()
        await slots.close()


async def _subscribed(
    settings: Settings, account: AccountSettings, channel: Channel
) -> Subscription:
    to_queue = channel.abilities.pushes_to_queue
    url = "" if to_queue else callback_url(settings, account)
    key = account.channel, account.account, url
    to_do = "" if to_queue else _left_to_a_person(channel.abilities.webhooks, url)
    if url is None or to_do:
        return Subscription(*key, "none", "none", to_do)
    before = await channel.webhook_health(url)
    await channel.subscribe(url)
    return Subscription(*key, before, await channel.webhook_health(url))


def _left_to_a_person(hooks: Webhooks | None, url: str | None) -> str:
    if hooks is None:
        return "Nothing: the channel has no webhooks, orders come by polls."
    if url is None:
        return "Set `receiver.public_url`, and `webhooks: true` for the account."
    if not hooks.can_register:
        return "Enter the URL in the marketplace's panel: it takes no registration by its API."
    return ""
