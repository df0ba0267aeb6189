"""How an account stands: credentials, outage, webhook, poll age."""

from datetime import UTC, datetime, timedelta

import structlog
from temporalio import activity
from temporalio.client import ScheduleOverlapPolicy
from temporalio.service import RPCError, RPCStatusCode

from activities.bodies.holding import hold_for_credentials
from activities.bodies.polling import pace_of
from activities.failures import application_error, their_words
from activities.ports import Platform
from activities.signatures.accounts import CheckAccountInput, CheckAccountResult
from activities.signatures.start import PollSubject
from canonical.attention import Attention, AttentionWord
from canonical.identity import poll_workflow_id
from channels.errors import (
    ChannelError,
    ContractError,
    CredentialsError,
    RefusedError,
    ThrottledError,
)
from channels.port import Channel, WebhookHealth
from store.holds import Hold

log = structlog.get_logger(__name__)

PATIENCE = 4
"""Attempts before an outage is a person's business; with their backoff about half a minute."""

NO_WEBHOOK = "none"
NOT_LOOKED_AT = "paused"


class Checking:
    """A step at marketplace and store."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @activity.defn(name="check_account")
    async def check_account(self, arg: CheckAccountInput) -> CheckAccountResult:
        """Looks at the account, mends its webhook, and says what a person should know."""
        channel = self._platform.channel(arg.channel, arg.account)
        webhook, attention = await self._looked_at(channel)
        hold = await self._platform.store.holds.get(arg.channel, arg.account)
        if hold is not None:
            attention = _held(channel, hold)
        orders = await self._poll_age(channel, PollSubject.ORDERS)
        returns = await self._poll_age(channel, PollSubject.RETURNS)
        return CheckAccountResult(
            attention=attention
            or _stale(arg, PollSubject.ORDERS, orders, arg.poll_stale_after)
            or _stale(arg, PollSubject.RETURNS, returns, arg.returns_stale_after),
            webhook=webhook,
            poll_age=orders,
            returns_poll_age=returns,
            paused=hold is not None,
        )

    async def _looked_at(self, channel: Channel) -> tuple[str, Attention | None]:
        """The webhook as found, and what is wrong; asks nothing where a person said pause."""
        holds = self._platform.store.holds
        hold = await holds.get(channel.name, channel.account)
        if hold is not None and not hold.credentials:
            return NOT_LOOKED_AT, None
        try:
            webhook = await self._webhook(channel)
        except ChannelError as error:
            if isinstance(error, ThrottledError) or _may_pass(error):
                raise application_error(error) from error
            if isinstance(error, CredentialsError):
                await hold_for_credentials(self._platform, error)
            return NO_WEBHOOK, _of_error(error)
        if webhook is not NO_WEBHOOK and await holds.lift(
            channel.name, channel.account, credentials_only=True
        ):
            log.info("account_resumed", channel=channel.name, account=channel.account)
            await _poll_now(channel)
        if webhook in (WebhookHealth.PASSIVE, WebhookHealth.MISSING):
            return webhook, _hook_cannot_be_mended(channel, webhook)
        return webhook, None

    async def _webhook(self, channel: Channel) -> str:
        """As found; a hook that is off or gone is registered anew at once."""
        hooks = channel.abilities.webhooks
        callback = self._callback(channel)
        if callback is None:
            return NO_WEBHOOK
        health = await channel.webhook_health(callback)
        if health is not WebhookHealth.ACTIVE and (hooks is None or hooks.can_register):
            log.warning(
                "webhook registered anew",
                channel=channel.name,
                account=channel.account,
                found=health.value,
            )
            await channel.subscribe(callback)
            await _poll_now(channel)
        return health.value

    def _callback(self, channel: Channel) -> str | None:
        """Where events are to go; None where none are pushed, empty where a queue is known."""
        if channel.abilities.pushes_to_queue:
            return ""
        if channel.abilities.webhooks is None:
            return None
        return self._platform.callback_urls.get((channel.name, channel.account))

    async def _poll_age(self, channel: Channel, subject: PollSubject) -> timedelta | None:
        """Since the last poll that came to its end; None before the first, or without polls."""
        if pace_of(channel.abilities, subject) is None:
            return None
        cursors = self._platform.store.cursors
        cursor = await cursors.get(channel.name, channel.account, subject.value)
        return datetime.now(UTC) - cursor.moved_at if cursor else None


async def _poll_now(channel: Channel) -> None:
    """What came while the hook was off is in the stream; the next poll may be minutes away."""
    if channel.abilities.polling is None:
        return
    name = poll_workflow_id(channel.name, channel.account)
    handle = activity.client().get_schedule_handle(name)
    try:
        # After a run that is under way: it may have read the stream's end already.
        await handle.trigger(overlap=ScheduleOverlapPolicy.BUFFER_ONE)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        log.info("no poll to trigger yet", channel=channel.name, account=channel.account)


def _may_pass(error: ChannelError) -> bool:
    lasting = isinstance(error, CredentialsError | RefusedError | ContractError)
    return not lasting and activity.info().attempt < PATIENCE


def _of_error(error: ChannelError) -> Attention:
    words = {
        RefusedError: AttentionWord.REFUSED,
        ContractError: AttentionWord.CONTRACT,
    }
    todo = {
        AttentionWord.UNAVAILABLE: "Look at the marketplace's status page; orders go on by"
        " themselves once it answers.",
    }
    word = words.get(type(error), AttentionWord.UNAVAILABLE)
    return Attention.of(
        word,
        f"{error.operation}: {their_words(error)}",
        "the next check that succeeds",
        todo.get(word, "Compare the account's settings with the marketplace's panel."),
    )


def _hook_cannot_be_mended(channel: Channel, found: str) -> Attention | None:
    hooks = channel.abilities.webhooks
    if hooks is None or hooks.can_register:
        return None
    return Attention.of(
        AttentionWord.UNAVAILABLE,
        f"The marketplace's webhook is {found}; orders come by polls alone.",
        "a check that finds it active",
        "Switch the webhook on in the marketplace's panel.",
    )


def _held(channel: Channel, hold: Hold) -> Attention:
    name = f"{channel.name} {channel.account}"
    if hold.credentials:
        return Attention.of(
            AttentionWord.CREDENTIALS,
            f"{hold.why} All calls of the account are held back.",
            "a check whose call is taken, or `souk account resume`",
            "Renew the account's keys in the settings and restart the worker, then"
            f" `souk account resync {name}`.",
        )
    return Attention.of(
        AttentionWord.UNAVAILABLE,
        f"{hold.by} paused the account: {hold.why}",
        "`souk account resume`",
        f"`souk account resume {name}` lets polls and calls go on; hooks are taken meanwhile.",
    )


def _stale(
    arg: CheckAccountInput, subject: PollSubject, age: timedelta | None, after: timedelta | None
) -> Attention | None:
    """What nobody has read to the end for too long, or ever."""
    since = datetime.now(UTC) - arg.watched_since if arg.watched_since else None
    old = age if age is not None else since
    if after is None or old is None or old <= after:
        return None
    minutes = int(old.total_seconds() // 60)
    whose = f"{arg.channel}/{arg.account}"
    happened = (
        f"The last complete poll of the {subject} of {whose} was {minutes} minutes ago."
        if age is not None
        else f"No poll of the {subject} of {whose} has come to its end for {minutes} minutes."
    )
    return Attention.of(
        AttentionWord.UNAVAILABLE,
        happened,
        "a poll that comes to its end",
        "Look at the account's poll workflows in Temporal for the error that ends them.",
    )
