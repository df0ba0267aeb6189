"""What an order needs next, decided from its view and the channel's abilities. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from canonical.abilities import Abilities
from canonical.actions import AcceptParcel, Action, ActionKind, CancelLines, ReadyParcel, ShipParcel
from canonical.attention import Attention, AttentionWord
from canonical.commands import ShipLine
from canonical.effects import EffectState, publish_name
from canonical.events import OrderEventKind
from canonical.states import DEAD, FINISHED_ORDER, OrderState, ParcelState
from canonical.view import OrderView, ParcelView
from canonical.wishes import ShipWish

UNSHIPPED = frozenset({ParcelState.NEW, ParcelState.ACCEPTED, ParcelState.READY})
STILL_WITHDRAWABLE = UNSHIPPED | {ParcelState.PENDING, ParcelState.UNKNOWN}
RELEASABLE = frozenset(
    {OrderState.NEW, OrderState.ACCEPTED, OrderState.READY, OrderState.PARTLY_SHIPPED}
)
TOLD_OF = frozenset(
    {OrderState.PARTLY_SHIPPED, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED}
)


@dataclass(frozen=True)
class Publish:
    """Tell the internal systems."""

    kind: OrderEventKind
    effect: str


@dataclass(frozen=True)
class Act:
    """Do something at the marketplace."""

    action: Action
    effect: str


Step = Publish | Act


@dataclass(frozen=True)
class Plan:
    """The next step, or what is waited for."""

    step: Step | None = None
    attention: Attention | None = None
    look_again_at: datetime | None = None
    """When waiting becomes an attention of its own."""
    finished: bool = False


def plan(
    view: OrderView, abilities: Abilities, erp_answers_within: timedelta, now: datetime
) -> Plan:
    """Decides the one next step of an order; called again after each step and each event."""
    attention = _standing_attention(view) or _asked_in_vain(view, abilities)
    if not view.exists or view.unmapped:
        return Plan(attention=attention, finished=_never_announced_and_gone(view))
    step = _next_step(view, abilities)
    if step is not None:
        return Plan(step=step, attention=attention)
    if view.state in FINISHED_ORDER:
        return Plan(attention=attention, finished=True)
    silent, due = _erp_silence(view, erp_answers_within, now)
    return Plan(attention=attention or silent, look_again_at=due)


def _next_step(view: OrderView, abilities: Abilities) -> Step | None:
    received = publish_name(OrderEventKind.RECEIVED)
    if not view.done(received):
        gone = view.state is OrderState.CANCELLED
        return None if gone else _unless_done(view, OrderEventKind.RECEIVED)
    if view.state is OrderState.CANCELLED:
        return _unless_done(view, OrderEventKind.CANCELLED)
    if view.state in (OrderState.PENDING, OrderState.UNKNOWN):
        return None
    for parcel in view.parcels:
        step = _parcel_step(view, parcel, abilities)
        if step is not None:
            return step
    if _may_release(view, abilities):
        released = _unless_done(view, OrderEventKind.RELEASED)
        if released is not None:
            return released
    if view.state in TOLD_OF and view.told_state is not view.state:
        return _unless_done(view, OrderEventKind.CHANGED, view.version)
    return None


def _unless_done(
    view: OrderView, kind: OrderEventKind, version: int | None = None
) -> Publish | None:
    """A refused one (too large for the bus) waits for a resync, or it would be tried for ever."""
    name = publish_name(kind, version)
    effect = view.effect(name)
    settled = effect is not None and effect.state in (EffectState.DONE, EffectState.REFUSED)
    return None if settled else Publish(kind, name)


def _parcel_step(view: OrderView, parcel: ParcelView, abilities: Abilities) -> Act | None:
    if parcel.state not in UNSHIPPED:
        return None
    for act in _wanted(view, parcel, abilities):
        effect = view.effect(act.effect)
        if effect is None or effect.state is EffectState.SENT:
            return act
        if effect.state is not EffectState.DONE:
            return None
    return None


def _wanted(view: OrderView, parcel: ParcelView, abilities: Abilities) -> list[Act]:
    """The acts that the wishes ask of this parcel, in the order in which they must happen."""
    withdrawn = _withdrawal(view, parcel, abilities)
    if withdrawn:
        return withdrawn
    acts: list[Act] = []
    if not view.wishes.accepted:
        return acts
    if abilities.acknowledges is ActionKind.ACCEPT and parcel.state is ParcelState.NEW:
        action = AcceptParcel(
            order_id=view.ref.order_id, parcel_id=parcel.parcel_id, lines=_all_lines(parcel)
        )
        acts.append(Act(action, f"accept/{parcel.parcel_id}"))
    wish = view.wishes.ship_wish(parcel.parcel_id)
    if wish is not None and parcel.state is not ParcelState.READY:
        acts.append(_ship(view, parcel, wish, abilities))
    return acts


def _ship(view: OrderView, parcel: ParcelView, wish: ShipWish, abilities: Abilities) -> Act:
    order_id, parcel_id = view.ref.order_id, parcel.parcel_id
    if abilities.ships_by is ActionKind.SHIP:
        ship = ShipParcel(
            order_id=order_id,
            parcel_id=parcel_id,
            carrier=wish.carrier,
            tracking_number=wish.tracking_number,
            lines=_all_lines(parcel),
        )
        return Act(ship, f"ship/{parcel_id}")
    ready = ReadyParcel(
        order_id=order_id,
        parcel_id=parcel_id,
        invoice_number=wish.invoice_number,
        lines=_all_lines(parcel),
    )
    return Act(ready, f"ready/{parcel_id}")


def _withdrawal(view: OrderView, parcel: ParcelView, abilities: Abilities) -> list[Act]:
    if ActionKind.CANCEL_LINES not in abilities.actions:
        return []
    if view.wishes.cancel:
        action = CancelLines(
            order_id=view.ref.order_id, parcel_id=parcel.parcel_id, lines=_all_lines(parcel)
        )
        return [Act(action, f"cancel/{parcel.parcel_id}")]
    acts = []
    for reject in view.wishes.reject:
        wanted = {line.line_id for line in reject.lines}
        lines = tuple(x for x in _all_lines(parcel) if not wanted or x.line_id in wanted)
        if lines:
            action = CancelLines(
                order_id=view.ref.order_id,
                parcel_id=parcel.parcel_id,
                lines=lines,
                reason=reject.reason,
            )
            acts.append(Act(action, f"reject/{parcel.parcel_id}/{reject.command_id}"))
    return acts


def _all_lines(parcel: ParcelView) -> tuple[ShipLine, ...]:
    return tuple(ShipLine(line_id=x.line_id, quantity=x.quantity) for x in parcel.lines)


def _may_release(view: OrderView, abilities: Abilities) -> bool:
    if not view.wishes.accepted or view.state not in RELEASABLE:
        return False
    if abilities.acknowledges is None:
        return True
    live = [p for p in view.parcels if p.state not in DEAD]
    return all(p.state is not ParcelState.NEW or view.done(f"accept/{p.parcel_id}") for p in live)


def _never_announced_and_gone(view: OrderView) -> bool:
    announced = view.done(publish_name(OrderEventKind.RECEIVED))
    return view.exists and view.state is OrderState.CANCELLED and not announced


def _standing_attention(view: OrderView) -> Attention | None:
    if view.contract_problem:
        return Attention.of(
            AttentionWord.CONTRACT,
            view.contract_problem,
            "a person, or the marketplace's next readable event",
            f"Look at `souk order show {view.ref.workflow_id}`, then `souk order resync`.",
        )
    if view.unmapped:
        return Attention.of(
            AttentionWord.UNMAPPED_ITEM,
            f"No internal item is known for {', '.join(view.unmapped)}.",
            "a listing for each of these SKUs",
            "Add them to the listings (`souk listings import FILE`), then `souk order resync`.",
        )
    for effect in view.effects:
        attention = _of_effect(effect.name, effect.state, effect.answer)
        if attention is not None:
            return attention
    if view.state is OrderState.UNKNOWN and view.exists:
        words = ", ".join(sorted({p.channel_status for p in view.parcels}))
        return Attention.of(
            AttentionWord.CONTRACT,
            f"The marketplace reports a status that is not known here: {words}.",
            "a status that is known",
            "Nothing is done to the order meanwhile. Look it up in the marketplace's panel.",
        )
    if view.totals_problem:
        return Attention.of(
            AttentionWord.TOTALS,
            f"The order's sums do not add up: {view.totals_problem}.",
            "nothing: the order goes on with the figures as they came",
            "Compare with the marketplace's panel before the invoice is booked.",
        )
    return None


def _asked_in_vain(view: OrderView, abilities: Abilities) -> Attention | None:
    """A withdrawal that nothing can carry out must not vanish in silence."""
    asked = view.wishes.cancel or bool(view.wishes.reject)
    live = [p for p in view.parcels if p.state not in DEAD]
    if not asked or not live or view.state in FINISHED_ORDER:
        return None
    if ActionKind.CANCEL_LINES not in abilities.actions:
        why = f"{view.ref.channel} lets sellers cancel nothing through its API"
    elif view.wishes.cancel and not any(p.state in STILL_WITHDRAWABLE for p in live):
        why = "its parcels stand at " + ", ".join(sorted({p.state.value for p in live}))
    else:
        return None
    return Attention.of(
        AttentionWord.REFUSED,
        f"A cancel was asked for and cannot be carried out: {why}.",
        "the marketplace's own news that the order is cancelled, delivered or returned",
        "Cancel in the marketplace's panel or by its support, and stop what is in the warehouse.",
    )


def _of_effect(name: str, state: EffectState, answer: str) -> Attention | None:
    if state is EffectState.REFUSED:
        return Attention.of(
            AttentionWord.REFUSED,
            f"`{name}` was refused: {answer}",
            "`resync` (try again), `skip_step` or `cancel`",
            "Mend the cause at the marketplace or in the ERP, then `souk order resync`.",
        )
    if state is EffectState.UNKNOWN:
        return Attention.of(
            AttentionWord.AMBIGUOUS,
            f"`{name}` was sent and its answer lost; reading back did not tell: {answer}",
            "`resync` (read again) or `skip_step`",
            "Look in the marketplace's panel whether it was applied, then `souk order resync`.",
        )
    return None


def _erp_silence(
    view: OrderView, within: timedelta, now: datetime
) -> tuple[Attention | None, datetime | None]:
    """An event of ours that was not answered in time. Pending orders need no answer yet."""
    asked = view.told_at
    if asked is None or view.state not in RELEASABLE or _answered(view):
        return None, None
    due = asked + within
    if now < due:
        return None, due
    attention = Attention.of(
        AttentionWord.ERP_SILENT,
        f"The internal system has not answered since {asked:%Y-%m-%d %H:%M:%S} UTC.",
        "its `accept`, `reject` or `acknowledge`",
        "Look at the ERP's subscription of the `orders` topic and at its dead letters.",
    )
    return attention, None


def _answered(view: OrderView) -> bool:
    released = publish_name(OrderEventKind.RELEASED)
    if view.done(released):
        return any(x.endswith(released) for x in view.wishes.acknowledged) or bool(view.wishes.ship)
    return view.wishes.accepted or view.wishes.cancel or bool(view.wishes.reject)
