"""Telling the internal systems, once."""

from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio import activity

from activities.ports import Platform, TooLargeForBusError
from activities.signatures.orders import PublishInput, PublishResult
from canonical.effects import Effect, EffectState
from canonical.events import OrderEvent
from canonical.states import OrderState, order_state
from canonical.telling import digest_of
from store import Begun, UnknownOrderError

UNSURE = "unsure"
"""Instead of a digest: unlike every one of them."""


class Publishing:
    """A step at store and bus; repeating it sends the same event id again."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @activity.defn(name="publish_order_event")
    async def publish_order_event(self, arg: PublishInput) -> PublishResult:
        """Publishes the order as it is now.

        Whether a lost answer reached the bus cannot be read back; it is sent again under the same
        event id, by which the internal systems take it once. If the order has moved on meanwhile,
        they may have taken the older one: then the newer counts as untold, and the plan has
        `order.changed` follow under an id of its own.
        """
        store = self._platform.store
        event_id = f"{arg.ref.workflow_id}/{arg.effect}"
        begun = await store.effects.begin(arg.ref, arg.effect, arg.order_version)
        if begun in (Begun.SEND, Begun.READ_BACK):
            try:
                told = await self._publish(arg, event_id, again=begun is Begun.READ_BACK)
            except TooLargeForBusError as error:
                await store.effects.finish(arg.ref, arg.effect, EffectState.REFUSED, str(error))
            else:
                await store.effects.finish(
                    arg.ref,
                    arg.effect,
                    EffectState.DONE,
                    told_state=told.state,
                    told_digest=told.digest,
                )
        view = await store.orders.view(arg.ref)
        effect = view.effect(arg.effect) or Effect(name=arg.effect, state=EffectState.SENT)
        return PublishResult(effect=effect, event_id=event_id, view=view)

    async def _publish(self, arg: PublishInput, event_id: str, *, again: bool) -> "_Told":
        """Sends it; returns what the internal systems surely know now."""
        store = self._platform.store
        kept = await store.orders.load(arg.ref)
        if kept is None:
            raise UnknownOrderError(arg.ref)
        order = kept.order
        state = order_state(p.state for p in order.parcels)
        event = OrderEvent(
            event_id=event_id,
            kind=arg.kind,
            ref=arg.ref,
            state=state,
            order_version=kept.version,
            correlation_id=kept.correlation_id,
            occurred_at=datetime.now(UTC),
            order=order,
            return_id=arg.return_id,
        )
        await self._platform.bus.publish(event)
        if again and kept.version != arg.order_version:
            return _Told(kept.told_state or state, UNSURE)
        return _Told(state, digest_of(order))


@dataclass(frozen=True)
class _Told:
    state: OrderState
    digest: str
