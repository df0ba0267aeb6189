"""Accounts whose calls are held back: asked before each call, set where a login is refused."""

from datetime import UTC, datetime, timedelta

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.failures import application_error, their_words
from activities.ports import Platform
from activities.signatures.accounts import HoldInput
from channels.errors import ChannelError, CredentialsError
from store.holds import Hold

LOOK_AGAIN = timedelta(seconds=15)
"""Calls that wait ask so often whether the account goes on; each costs one short read."""
OURSELVES = "souk"
PAUSED = "AccountPaused"

log = structlog.get_logger(__name__)


class Holding:
    """Short steps at the store: what people ask of an account."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @activity.defn(name="hold_account")
    async def hold_account(self, arg: HoldInput) -> None:
        """Holds the account's marketplace calls back until a person resumes it."""
        hold = Hold(by=arg.by, why=arg.why, since=datetime.now(UTC))
        await self._platform.store.holds.put(arg.channel, arg.account, hold)
        log.warning("account_held", channel=arg.channel, account=arg.account, by=arg.by)

    @activity.defn(name="resume_account")
    async def resume_account(self, arg: HoldInput) -> bool:
        """Lets the account's calls go on; tells whether they were held back."""
        lifted = await self._platform.store.holds.lift(arg.channel, arg.account)
        log.info("account_resumed", channel=arg.channel, account=arg.account, by=arg.by)
        return lifted


async def unless_held(
    platform: Platform, channel: str, account: str, *, waits: bool = True
) -> None:
    """Lets a call pass, or ends the attempt where the account is held back.

    Args:
        platform: What the activity works with.
        channel: The channel.
        account: The account.
        waits: Whether the call is tried again by itself; a person at a screen wants to hear.

    Raises:
        ApplicationError: The account is held back.
    """
    hold = await platform.store.holds.get(channel, account)
    if hold is not None:
        raise ApplicationError(
            f"Account {channel}/{account} is paused by {hold.by} since"
            f" {hold.since:%Y-%m-%d %H:%M:%S} UTC: {hold.why}."
            f" `souk account resume {channel} {account}` lets it go on.",
            type=PAUSED,
            next_retry_delay=LOOK_AGAIN,
            non_retryable=not waits,
            category=ApplicationErrorCategory.BENIGN,
        )


async def failure_of(platform: Platform, error: ChannelError) -> ApplicationError:
    """The failure of a channel's error; a refused login holds the whole account back.

    Five thousand orders would each knock at a marketplace that refuses them all the same, and some
    marketplaces lock an account for it. The account is checked at once: had the refusal been
    another's mistake, the check lifts the hold.
    """
    if isinstance(error, CredentialsError):
        known = await platform.store.holds.get(error.channel, error.account)
        await hold_for_credentials(platform, error)
        if known is None:
            await platform.recheck(error.channel, error.account)
    return application_error(error)


async def hold_for_credentials(platform: Platform, error: CredentialsError) -> None:
    """Holds the account back until a call of it is taken again."""
    why = f"{error.operation}: {their_words(error)}"
    hold = Hold(by=OURSELVES, why=why, since=datetime.now(UTC), credentials=True)
    stands = await platform.store.holds.put(error.channel, error.account, hold)
    log.warning(
        "account_held",
        channel=error.channel,
        account=error.account,
        by=stands.by,
        operation=error.operation,
    )
