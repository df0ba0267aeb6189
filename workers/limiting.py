"""The channels' limiter, fulfilled by the store's: every process of the platform shares it."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from pydantic import ValidationError

from canonical.abilities import Quota, QuotaScope
from channels import registry
from channels.errors import ThrottledError, UnavailableError
from channels.limiter import Allowance, Limiter, Slot
from store.limiter import NoSlotError, SlotLimiter, SlotsAwayError, SqlRows, Told
from workers.settings import Settings


def slots_of(settings: Settings, channels: Iterable[str]) -> SlotLimiter:
    """The limiter of a process for these channels; closed by whoever opens it."""
    return SlotLimiter(
        SqlRows.connect(settings.database_url.get_secret_value()),
        {name: _quotas(settings, name) for name in channels},
        scopes={QuotaScope.ADDRESS: settings.egress},
    )


def _quotas(settings: Settings, channel: str) -> Sequence[Quota]:
    """The channel's quotas as its accounts have them: a sandbox's clock may run faster.

    Options that do not fit are told of where the account is opened.
    """
    package = registry.package(channel)
    for account in settings.accounts:
        if account.channel == channel:
            try:
                options = package.AccountOptions.model_validate(account.options)
            except ValidationError:
                continue
            return package.connect(account.account, options, NoCalls(channel)).abilities.quotas
    return package.ABILITIES.quotas


class ChannelLimiter:
    """One channel's `Limiter`."""

    def __init__(self, channel: str, slots: SlotLimiter) -> None:
        self._channel = channel
        self._slots = slots

    async def reserve(self, account: str, operation: str, *, urgent: bool = False) -> Slot:
        """See `channels.limiter.Limiter`."""
        try:
            slot = await self._slots.reserve(self._channel, account, operation, urgent=urgent)
        except NoSlotError as error:
            raise ThrottledError(
                self._channel,
                account,
                operation,
                f"our own quota has {error}",
                hint="It is tried again at the slot; `souk quota` shows who waits.",
                retry_after=timedelta(seconds=error.wait),
            ) from None
        except SlotsAwayError as error:
            raise UnavailableError(
                self._channel,
                account,
                operation,
                f"no slot can be had: {error}; nothing was sent",
                hint="Quotas are kept in the database: check that it runs.",
            ) from None
        return Slot(slot.good)

    async def done(self, account: str, operation: str) -> None:
        """See `channels.limiter.Limiter`."""
        await self._slots.done(self._channel, account, operation)

    async def correct(
        self, account: str, operation: str, retry_after: timedelta, ago: timedelta = timedelta(0)
    ) -> None:
        """See `channels.limiter.Limiter`."""
        wait, since = retry_after.total_seconds(), ago.total_seconds()
        await self._slots.correct(self._channel, account, operation, wait, since)

    async def adjust(
        self,
        account: str,
        operation: str,
        allowance: Allowance,
        ago: timedelta = timedelta(0),
    ) -> None:
        """See `channels.limiter.Limiter`."""
        told = Told(allowance.quota, allowance.per_second, allowance.remaining)
        await self._slots.adjust(self._channel, account, operation, told, ago.total_seconds())


class NoCalls:
    """For a process that reads and verifies what comes, and never calls a marketplace."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    async def reserve(self, account: str, operation: str, *, urgent: bool = False) -> Slot:
        """Refuses: a call from here would be counted by nobody."""
        raise RuntimeError(
            f"{self._channel}/{account}: {operation} was called from a process without a limiter"
        )

    async def done(self, account: str, operation: str) -> None:
        """Nothing was taken."""

    async def correct(
        self, account: str, operation: str, retry_after: timedelta, ago: timedelta = timedelta(0)
    ) -> None:
        """Nothing was sent."""

    async def adjust(
        self,
        account: str,
        operation: str,
        allowance: Allowance,
        ago: timedelta = timedelta(0),
    ) -> None:
        """Nothing was sent."""


def limiter_of(channel: str, slots: SlotLimiter | None) -> Limiter:
    """A channel's limiter; one that lets nothing through where there are no slots."""
    return NoCalls(channel) if slots is None else ChannelLimiter(channel, slots)
