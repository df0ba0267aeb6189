"""What an order needs next, decided from its view and the channel's abilities. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from canonical.abilities import Abilities
from canonical.attention import Attention
from canonical.effects import EffectState, publish_name
from canonical.events import OrderEventKind
from canonical.label_steps import label_step
from canonical.order import FulfilledBy
from canonical.parcel_steps import parcel_step
from canonical.return_steps import ask_again, has_open_returns, return_deadline, return_step
from canonical.settling import settling, unsettled
from canonical.standing import asked_in_vain, erp_silence, standing_attention
from canonical.states import DEAD, FINISHED_ORDER, RELEASABLE, OrderState, ParcelState
from canonical.steps import Act, FetchLabel, Publish, Reread, Step
from canonical.view import OrderView

__all__ = ["Act", "FetchLabel", "Plan", "Publish", "Reread", "Step", "next_step", "plan"]

TOLD_OF = frozenset(
    {OrderState.PARTLY_SHIPPED, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED}
)


@dataclass(frozen=True)
class Plan:
    """The next step, or what is waited for."""

    step: Step | None = None
    attention: Attention | None = None
    look_again_at: datetime | None = None
    """When waiting becomes an attention of its own, or the order must be read again."""
    finished: bool = False


def plan(
    view: OrderView, abilities: Abilities, erp_answers_within: timedelta, now: datetime
) -> Plan:
    """Decides the one next step of an order; called again after each step and each event."""
    overdue, return_due = return_deadline(view, abilities, now)
    standing = standing_attention(view, abilities) or asked_in_vain(view, abilities)
    attention = overdue or standing
    waits = settling(view, abilities, now)
    unread = waits.reread if waits.reread and waits.reread.first else None
    again, again_due = ask_again(view, abilities, now)
    step = unread or next_step(view, abilities) or again or waits.reread
    if step is not None:
        return Plan(step=step, attention=attention)
    over_at = view.over_at if view.state is OrderState.SHIPPED else None
    due = _first(return_due, again_due, waits.due, over_at)
    if not view.exists or view.unmapped or not view.parcels:
        gone = _never_announced_and_gone(view) and not unsettled(view, abilities)
        past = bool(view.returns) and not view.parcels and not has_open_returns(view)
        return Plan(attention=attention, look_again_at=due, finished=gone or past)
    if _is_finished(view, abilities, now):
        return Plan(attention=attention, finished=True)
    silent, answer_due = erp_silence(view, erp_answers_within, now)
    return Plan(attention=attention or silent, look_again_at=_first(due, answer_due))


def next_step(view: OrderView, abilities: Abilities) -> Publish | Act | FetchLabel | None:
    """The one step that is due now; whoever carries it out asks again before each try.

    While a dead parcel's successor may still come, the internal systems are told nothing of the
    order's quantities or end, but what can be done is done. Labels come last, as they may take
    their time and nothing waits for them.
    """
    if not view.exists or view.unmapped:
        return None
    if view.fulfilled_by is FulfilledBy.MARKETPLACE:
        return _for_information(view)
    held = bool(unsettled(view, abilities)) or not view.parcels
    if not view.done(publish_name(OrderEventKind.RECEIVED)):
        gone = view.state is OrderState.CANCELLED
        return None if gone or held else _unless_done(view, OrderEventKind.RECEIVED)
    if view.state is OrderState.CANCELLED:
        return None if held else _cancelled(view) or label_step(view, abilities)
    due = return_step(view, abilities)
    if due is not None or view.state is OrderState.UNKNOWN:
        return due
    if view.state is not OrderState.PENDING:
        for parcel in view.parcels:
            act = parcel_step(view, parcel, abilities)
            if act is not None:
                return act
    told = None if held else _released(view, abilities) or _changed(view)
    return told or label_step(view, abilities)


def _for_information(view: OrderView) -> Publish | None:
    """What the marketplace fulfils itself is told as it stands; nothing of it is ours to do."""
    if not view.parcels or view.state is OrderState.UNKNOWN:
        return None
    if not view.done(publish_name(OrderEventKind.RECEIVED)):
        gone = view.state is OrderState.CANCELLED
        return None if gone else _unless_done(view, OrderEventKind.RECEIVED)
    same = view.told_state is view.state and view.told_digest in (None, view.digest)
    return None if same else _unless_done(view, OrderEventKind.CHANGED, view.version)


def _released(view: OrderView, abilities: Abilities) -> Publish | None:
    may = _may_release(view, abilities)
    return _unless_done(view, OrderEventKind.RELEASED) if may else None


def _changed(view: OrderView) -> Publish | None:
    news = _has_news(view)
    return _unless_done(view, OrderEventKind.CHANGED, view.version) if news else None


def _unless_done(
    view: OrderView, kind: OrderEventKind, version: int | None = None
) -> Publish | None:
    """A refused one (too large for the bus) waits for a resync, or it would be tried for ever."""
    name = publish_name(kind, version)
    effect = view.effect(name)
    settled = effect is not None and effect.state in (EffectState.DONE, EffectState.REFUSED)
    return None if settled else Publish(kind, name)


def _cancelled(view: OrderView) -> Publish | None:
    """Once, and once more after each late successor of which the internal systems heard."""
    first = publish_name(OrderEventKind.CANCELLED)
    revived = view.done(first) and view.told_state not in (None, OrderState.CANCELLED)
    return _unless_done(view, OrderEventKind.CANCELLED, view.version if revived else None)


def _has_news(view: OrderView) -> bool:
    """Whether the internal systems know less than they must."""
    if view.state in TOLD_OF and view.told_state is not view.state:
        return True
    if view.told_state is OrderState.CANCELLED:
        return True
    return view.told_digest is not None and view.told_digest != view.digest


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


def _is_finished(view: OrderView, abilities: Abilities, now: datetime) -> bool:
    left = view.state is OrderState.SHIPPED and view.over_at is not None and view.over_at <= now
    done = (view.state in FINISHED_ORDER or left) and not unsettled(view, abilities)
    return done and not has_open_returns(view)


def _first(*times: datetime | None) -> datetime | None:
    return min((t for t in times if t is not None), default=None)
