"""Reading an order again because somebody asked for it."""

import hashlib
from datetime import UTC, datetime

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.bodies.heartbeats import heartbeating
from activities.bodies.holding import failure_of, unless_held
from activities.ports import Platform
from activities.signatures.orders import ReadInput, ReadResult, RereadInput, RereadResult
from canonical.effects import Effect, EffectState
from canonical.envelope import EventIdentity, InboundEvent, Source
from canonical.identity import OrderRef
from channels.errors import ChannelError, ContractError
from channels.port import Channel, RawEvent
from store import Begun

log = structlog.get_logger(__name__)


class Reading:
    """A step at marketplace and store."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @activity.defn(name="read_order")
    async def read_order(self, arg: ReadInput) -> ReadResult:
        """Brings the order as it is now into the inbox, and refused steps back into play.

        Raises:
            ApplicationError: The order could not be read; nothing was reopened.
        """
        channel = self._platform.channel(arg.ref.channel, arg.ref.account)
        store = self._platform.store
        await unless_held(self._platform, arg.ref.channel, arg.ref.account, waits=False)
        found = await self._fetch(arg.ref, channel)
        correlation_id = (await store.orders.view(arg.ref)).correlation_id
        kept = 0
        for raw in found:
            kept += await self._keep(arg.ref, channel, raw, correlation_id)
        await store.orders.clear_problems(arg.ref)
        reopened = await store.effects.reopen(arg.ref)
        log.info("order read again", order=arg.ref.key, events=kept, reopened=reopened)
        return ReadResult(events=kept)

    @activity.defn(name="reread_order")
    async def reread_order(self, arg: RereadInput) -> RereadResult:
        """Brings the order as it is now into the inbox, for a plan that waits for it.

        Reading twice does no harm, so that a claim that somebody left behind is simply taken.

        Raises:
            ApplicationError: The marketplace does not answer; another attempt is due.
        """
        channel = self._platform.channel(arg.ref.channel, arg.ref.account)
        await unless_held(self._platform, arg.ref.channel, arg.ref.account)
        effects = self._platform.store.effects
        begun = await effects.begin(arg.ref, arg.effect, arg.order_version)
        kept = 0
        if begun in (Begun.SEND, Begun.READ_BACK):
            correlation_id = (await self._platform.store.orders.view(arg.ref)).correlation_id
            try:
                for raw in await self._fetch(arg.ref, channel):
                    kept += await self._keep(arg.ref, channel, raw, correlation_id)
            except ApplicationError as error:
                if not error.non_retryable:
                    raise
                await effects.finish(arg.ref, arg.effect, EffectState.REFUSED, error.message)
            else:
                await effects.finish(arg.ref, arg.effect, EffectState.DONE, arg.reason)
        log.info("order read again", order=arg.ref.key, effect=arg.effect, events=kept)
        view = await self._platform.store.orders.view(arg.ref)
        effect = view.effect(arg.effect) or Effect(name=arg.effect, state=EffectState.SENT)
        return RereadResult(effect=effect, events=kept, view=view)

    async def _fetch(self, ref: OrderRef, channel: Channel) -> tuple[RawEvent, ...]:
        if not channel.abilities.order_readable:
            return ()
        try:
            async with heartbeating():
                found = await channel.fetch_order(ref.order_id)
                if channel.abilities.returns is not None:
                    found += await channel.fetch_returns(ref.order_id)
                return found
        except ChannelError as error:
            raise await failure_of(self._platform, error) from error

    async def _keep(
        self, ref: OrderRef, channel: Channel, raw: RawEvent, correlation_id: str
    ) -> int:
        inbox = self._platform.store.inbox
        if raw.identity is None:
            reason = _why_unreadable(channel, raw.body)
            event = _envelope(ref, f"read:{_digest(raw.body)}", raw.body, correlation_id)
            await inbox.dead_letter(event, "contract", reason)
            raise ApplicationError(
                f"The marketplace's answer does not fit: {reason} It is kept as `{event.event_id}`"
                " among the dead letters (`souk dlq list`).",
                type=ContractError.__name__,
                non_retryable=True,
            )
        await inbox.receive([_known(ref, raw.identity, raw.body, correlation_id)], [raw.identity])
        return 1


def _known(
    ref: OrderRef, identity: EventIdentity, body: bytes, correlation_id: str
) -> InboundEvent:
    event = _envelope(ref, identity.event_id, body, correlation_id)
    return event.model_copy(update={"order_id": identity.order_id})


def _envelope(ref: OrderRef, event_id: str, body: bytes, correlation_id: str) -> InboundEvent:
    return InboundEvent(
        channel=ref.channel,
        account=ref.account,
        event_id=event_id,
        order_id=ref.order_id,
        source=Source.READ,
        received_at=datetime.now(UTC),
        correlation_id=correlation_id,
        body=body,
    )


def _why_unreadable(channel: Channel, body: bytes) -> str:
    try:
        channel.identify(body)
    except ContractError as error:
        return str(error)
    return "it could not be identified."


def _digest(body: bytes) -> str:
    """An unreadable answer has no id of its own; the same answer is one dead letter."""
    return hashlib.sha256(body).hexdigest()[:32]
