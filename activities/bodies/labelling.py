"""A parcel's label, from the marketplace to whoever asked for it."""

import base64
from datetime import UTC, datetime

import structlog
from temporalio import activity

from activities.bodies.heartbeats import heartbeating
from activities.bodies.holding import failure_of, unless_held
from activities.failures import their_words
from activities.ports import Platform, TooLargeForBusError
from activities.signatures.orders import SendLabelInput, SendLabelResult
from canonical.effects import Effect, EffectState
from canonical.events import LabelDocument, ParcelLabel
from channels.errors import (
    AmbiguousError,
    ChannelError,
    ContractError,
    RefusedError,
    UnavailableError,
)
from channels.port import LINK, Document
from store import Begun

PATIENCE = 6
"""Attempts at a marketplace that does not answer, or is still making the label: with their backoff
half a minute. The order's other steps wait meanwhile, so that it is given up then."""

log = structlog.get_logger(__name__)


class Labelling:
    """A step at marketplace, store and bus; repeating it sends the same event id again."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @activity.defn(name="send_label")
    async def send_label(self, arg: SendLabelInput) -> SendLabelResult:
        """Fetches the label and publishes it, or why there is none.

        Fetching changes nothing at the marketplace and the event has a fixed id, so that a claim
        that somebody left behind is simply taken.

        Raises:
            ApplicationError: Another attempt is due.
        """
        await unless_held(self._platform, arg.ref.channel, arg.ref.account)
        effects = self._platform.store.effects
        begun = await effects.begin(arg.ref, arg.effect, arg.order_version)
        if begun in (Begun.SEND, Begun.READ_BACK):
            refused = await self._sent(arg)
            state = EffectState.REFUSED if refused else EffectState.DONE
            await effects.finish(arg.ref, arg.effect, state, refused)
        view = await self._platform.store.orders.view(arg.ref)
        effect = view.effect(arg.effect) or Effect(name=arg.effect, state=EffectState.SENT)
        log.info("label", order=arg.ref.key, effect=arg.effect, state=effect.state.value)
        return SendLabelResult(effect=effect, view=view)

    async def _sent(self, arg: SendLabelInput) -> str:
        """Tells the internal systems; returns why there is no label, empty where there is one."""
        event = await self._event(arg)
        found = await self._fetched(arg)
        if not isinstance(found, str):
            labelled = event.model_copy(update={"labels": tuple(_told(d) for d in found)})
            try:
                await self._platform.bus.publish(labelled)
            except TooLargeForBusError as error:
                found = f"{error} `souk order label` writes it to a file."
            else:
                return ""
        # An id of its own: the label may follow under the other one, once a person asks again.
        no = {"event_id": f"{event.event_id}/refused", "refused": found}
        await self._platform.bus.publish(event.model_copy(update=no))
        return found

    async def _fetched(self, arg: SendLabelInput) -> tuple[Document, ...] | str:
        """The label, or why there is none."""
        channel = self._platform.channel(arg.ref.channel, arg.ref.account)
        if not channel.abilities.labels:
            return f"{arg.ref.channel} gives no labels through its API."
        try:
            async with heartbeating():
                return await channel.label(arg.ref.order_id, arg.parcel_id)
        except (RefusedError, ContractError) as error:
            return their_words(error)
        except ChannelError as error:
            if activity.info().attempt < PATIENCE or not _is_outage(error):
                raise await failure_of(self._platform, error) from error
            return their_words(error)

    async def _event(self, arg: SendLabelInput) -> ParcelLabel:
        view = await self._platform.store.orders.view(arg.ref)
        return ParcelLabel(
            event_id=f"{arg.ref.workflow_id}/{arg.effect}",
            ref=arg.ref,
            parcel_id=arg.parcel_id,
            command_id=arg.command_id,
            correlation_id=view.correlation_id,
            occurred_at=datetime.now(UTC),
        )


def _is_outage(error: ChannelError) -> bool:
    """A used-up quota and a refused login have an end of their own."""
    return isinstance(error, UnavailableError | AmbiguousError)


def _told(document: Document) -> LabelDocument:
    if document.media_type == LINK:
        return LabelDocument(media_type=LINK, link=document.content.decode())
    content = base64.b64encode(document.content).decode()
    return LabelDocument(media_type=document.media_type, content=content)
