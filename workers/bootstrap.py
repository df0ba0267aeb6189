"""From settings to what activities work with: store, bus and open accounts."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from pydantic import BaseModel, ValidationError

from activities.bodies.documents.reader import ProcessReader
from activities.bodies.polling import pace_of
from activities.ports import Bus, Platform, nobody
from activities.signatures.start import AccountStart, PollStart, PollSubject, SweepStart
from canonical.abilities import Abilities
from canonical.identity import hook_key
from channels import registry
from channels.limiter import Limiter
from channels.port import Channel
from store import Store
from store.limiter import SlotLimiter
from workers.files import files_of
from workers.limiting import limiter_of
from workers.settings import AccountSettings, Settings, SettingsError

AccountKey = tuple[str, str]
"""(channel, account)"""


def configured(settings: Settings, channels: Iterable[str] | None = None) -> list[AccountSettings]:
    """The accounts of these channels, or all.

    Raises:
        SettingsError: A channel is asked for that has no account, or an account stands twice.
    """
    wanted = set(channels) if channels is not None else {a.channel for a in settings.accounts}
    without = wanted - {a.channel for a in settings.accounts}
    if without:
        raise SettingsError(
            f"No account is configured for {', '.join(sorted(without))}:"
            " add one under `accounts` in the settings."
        )
    accounts = [a for a in settings.accounts if a.channel in wanted]
    keys = [(a.channel, a.account) for a in accounts]
    twice = {f"{c}/{a}" for c, a in keys if keys.count((c, a)) > 1}
    if twice:
        raise SettingsError(f"Accounts stand twice in the settings: {', '.join(sorted(twice))}.")
    return accounts


def open_channel(account: AccountSettings, limiter: Limiter) -> Channel:
    """Opens one account at its marketplace.

    Raises:
        SettingsError: The account's options do not fit the channel; no value is quoted.
    """
    package = registry.package(account.channel)
    try:
        options: BaseModel = package.AccountOptions.model_validate(account.options)
    except ValidationError as error:
        problems = "; ".join(
            f"options.{'.'.join(str(x) for x in p['loc'])}: {p['msg']}"
            for p in error.errors(include_url=False, include_input=False)
        )
        raise SettingsError(f"Account {account.channel}/{account.account}: {problems}.") from None
    channel = package.connect(account.account, options, limiter)
    channel.abilities = _overridden(channel.abilities, account)
    return channel


def _overridden(declared: Abilities, account: AccountSettings) -> Abilities:
    try:
        return Abilities.model_validate({**declared.model_dump(), **account.abilities})
    except ValidationError as error:
        problems = "; ".join(
            f"abilities.{'.'.join(str(x) for x in p['loc'])}: {p['msg']}"
            for p in error.errors(include_url=False, include_input=False)
        )
        raise SettingsError(f"Account {account.channel}/{account.account}: {problems}.") from None


def open_channels(
    accounts: Iterable[AccountSettings], slots: SlotLimiter | None = None
) -> dict[AccountKey, Channel]:
    """Opens these accounts.

    Args:
        accounts: Any number of any channels.
        slots: What holds calls back; None for a process that calls no marketplace.
    """
    return {(a.channel, a.account): open_channel(a, limiter_of(a.channel, slots)) for a in accounts}


def callback_url(settings: Settings, account: AccountSettings) -> str | None:
    """Where the account's webhook points; None where it has none."""
    public = settings.receiver.public_url.rstrip("/")
    if not public or not account.webhooks:
        return None
    return f"{public}/webhooks/{hook_key(account.channel, account.account)}"


def platform(
    settings: Settings,
    store: Store,
    bus: Bus,
    channels: dict[AccountKey, Channel],
    recheck: Callable[[str, str], Awaitable[None]] = nobody,
) -> Platform:
    """All that activities work with."""
    urls = {(a.channel, a.account): callback_url(settings, a) for a in settings.accounts}
    return Platform(
        store=store,
        bus=bus,
        channels=channels,
        callback_urls={key: url for key, url in urls.items() if url},
        reader=ProcessReader(settings.database_url.get_secret_value()),
        files=files_of(settings.aws),
        recheck=recheck,
    )


def account_start(
    settings: Settings, account: AccountSettings, abilities: Abilities
) -> AccountStart:
    """The start input of the account's workflow.

    Args:
        settings: Its pace of checks.
        account: Whose workflow it is.
        abilities: The account's own, as it was opened: its options may narrow the channel's.
    """
    return AccountStart(
        channel=account.channel,
        account=account.account,
        abilities=abilities,
        check_every=settings.account_check_every,
        poll_every=account.poll_every,
    )


def sweep_start(settings: Settings, account: AccountSettings) -> SweepStart:
    """The start input of the account's sweeps."""
    return SweepStart(
        channel=account.channel,
        account=account.account,
        erp_answers_within=settings.erp_answers_within,
    )


def polls_of(account: AccountSettings, abilities: Abilities) -> list[tuple[PollStart, timedelta]]:
    """The start inputs of the account's polls, and how often each is made; by its own abilities."""
    paces = {subject: pace_of(abilities, subject) for subject in PollSubject}
    return [
        (
            PollStart(channel=account.channel, account=account.account, subject=subject),
            _own_pace(account, subject) or pace.every,
        )
        for subject, pace in paces.items()
        if pace is not None
    ]


def _own_pace(account: AccountSettings, subject: PollSubject) -> timedelta | None:
    """The account's setting is for what moves all day."""
    rare = (PollSubject.WALK, PollSubject.DOCUMENTS)
    return None if subject in rare else account.poll_every
