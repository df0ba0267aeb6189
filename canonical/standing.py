"""Why a person should look at an order, told from its view. Pure."""

from datetime import datetime, timedelta

from canonical.abilities import Abilities
from canonical.actions import ActionKind
from canonical.attention import Attention, AttentionWord
from canonical.effects import EffectState, publish_name
from canonical.events import OrderEventKind
from canonical.label_steps import LABEL, has_label
from canonical.order import FulfilledBy
from canonical.parcel_steps import UNSHIPPED, tells_tracking
from canonical.return_steps import RETURN, is_answered
from canonical.returns import ReturnState
from canonical.settling import missing
from canonical.shipments import is_whole, nowhere, shipments
from canonical.states import (
    DEAD,
    FINISHED_ORDER,
    RELEASABLE,
    SHIPPED_OR_BEYOND,
    ParcelState,
)
from canonical.view import OrderView

BEFORE_SHIPPING = frozenset({"accept", "carrier", LABEL, "otherwise", "ready", "ship", "split"})
STILL_WITHDRAWABLE = UNSHIPPED | {ParcelState.PENDING, ParcelState.UNKNOWN}


def standing_attention(view: OrderView, abilities: Abilities) -> Attention | None:
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
        if _is_moot(view, effect.name):
            continue
        attention = _of_effect(effect.name, effect.state, effect.answer)
        if attention is not None:
            return attention
    strange = _unknown_status(view) or missing(view, abilities)
    if strange is not None:
        return strange
    if view.currency and abilities.currencies and view.currency not in abilities.currencies:
        return Attention.of(
            AttentionWord.TOTALS,
            f"The order's amounts are in {view.currency}; the account sells in"
            f" {', '.join(sorted(abilities.currencies))}.",
            "nothing: the order goes on with the figures as they came",
            "Compare with the marketplace's panel before the invoice is booked.",
        )
    if view.totals_problem:
        return Attention.of(
            AttentionWord.TOTALS,
            f"The order's sums do not add up: {view.totals_problem}.",
            "nothing: the order goes on with the figures as they came",
            "Compare with the marketplace's panel before the invoice is booked.",
        )
    return None


def asked_in_vain(view: OrderView, abilities: Abilities) -> Attention | None:
    """What nothing can carry out must not vanish in silence."""
    if view.state in FINISHED_ORDER:
        return None
    wishes = view.wishes
    if view.fulfilled_by is FulfilledBy.MARKETPLACE:
        if not (wishes.ship or wishes.cancel or wishes.reject):
            return None
        return Attention.of(
            AttentionWord.REFUSED,
            f"{view.ref.channel} fulfils this order itself: it can be neither shipped nor cancelled"
            " from here.",
            "nothing: the order goes on at the marketplace",
            "Let the internal system book it without fulfilling it (`order.fulfilled_by`).",
        )
    why = _withdrawal_in_vain(view, abilities)
    if why is not None:
        return Attention.of(
            AttentionWord.REFUSED,
            f"A cancel was asked for and cannot be carried out: {why}.",
            "the marketplace's own news that the order is cancelled, delivered or returned",
            "Cancel in the marketplace's panel or by its support, and stop what is in the"
            " warehouse.",
        )
    lacking = _shipment_in_vain(view, abilities)
    if lacking is not None:
        return Attention.of(
            AttentionWord.REFUSED,
            f"A shipment was asked for that cannot be carried out: {lacking}.",
            "a `ship` that the channel knows, or the marketplace's own news",
            "Do it in the marketplace's panel, or send `ship` for the whole parcel.",
        )
    return None


def _withdrawal_in_vain(view: OrderView, abilities: Abilities) -> str | None:
    asked = view.wishes.cancel or bool(view.wishes.reject)
    live = [p for p in view.parcels if p.state not in DEAD]
    if not asked or not live:
        return None
    if ActionKind.CANCEL_LINES not in abilities.actions:
        return f"{view.ref.channel} lets sellers cancel nothing through its API"
    if view.wishes.cancel and not any(p.state in STILL_WITHDRAWABLE for p in live):
        return "its parcels stand at " + ", ".join(sorted({p.state.value for p in live}))
    return None


def _shipment_in_vain(view: OrderView, abilities: Abilities) -> str | None:
    channel = view.ref.channel
    for parcel in view.parcels:
        wish = shipments(view).get(parcel.parcel_id)
        if wish is None or parcel.state not in UNSHIPPED:
            continue
        if wish.own_delivery and ActionKind.DELIVER_OTHERWISE not in abilities.actions:
            return f"the account may not deliver parcel {parcel.parcel_id} itself at {channel}"
        in_part = not is_whole(view, parcel, wish)
        if in_part and not (
            ActionKind.SPLIT in abilities.actions
            or (abilities.ships_parts and tells_tracking(parcel, abilities))
        ):
            return f"{channel} splits no parcels, and only a part of {parcel.parcel_id} was named"
    wished = shipments(view).keys()
    if all(p.parcel_id in wished for p in view.parcels if p.state in UNSHIPPED):
        return None  # another command has shipped it since
    return next(filter(None, (nowhere(view, wish) for wish in view.wishes.ship)), None)


def _unknown_status(view: OrderView) -> Attention | None:
    words = {p.channel_status for p in view.parcels if p.state is ParcelState.UNKNOWN}
    if words:
        return Attention.of(
            AttentionWord.CONTRACT,
            f"The marketplace reports a status that is not known here: {', '.join(sorted(words))}.",
            "a status that is known",
            "Nothing is done to the order meanwhile. Look it up in the marketplace's panel.",
        )
    strange = [x.return_id for x in view.returns if x.state is ReturnState.UNKNOWN]
    if strange:
        return Attention.of(
            AttentionWord.CONTRACT,
            f"Return {strange[0]} has a status that is not known here.",
            "a status that is known",
            "Nobody is told of the return meanwhile. Look it up in the marketplace's panel.",
        )
    return None


def _is_moot(view: OrderView, name: str) -> bool:
    """An act on a parcel that ended, or left, while the act was on its way: nothing is to mend.

    So is a label that was refused once and came when it was asked for again, and an answer to a
    return in place of which another was taken.
    """
    verb, _, rest = name.partition("/")
    if verb == "settle":
        # Of ended parcels alone, and the order waits for it.
        return False
    parcel_id = rest.partition("/")[0]
    if verb == LABEL and has_label(view, parcel_id):
        return True
    if verb == RETURN:
        return is_answered(view, parcel_id)
    parcel = next((p for p in view.parcels if p.parcel_id == parcel_id), None)
    if parcel is None:
        return False
    gone = parcel.state in SHIPPED_OR_BEYOND and verb in BEFORE_SHIPPING
    return gone or parcel.state in DEAD


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


def erp_silence(
    view: OrderView, within: timedelta, now: datetime
) -> tuple[Attention | None, datetime | None]:
    """An event of ours that was not answered in time. Pending orders need no answer yet."""
    asked = view.told_at
    for_information = view.fulfilled_by is FulfilledBy.MARKETPLACE
    if asked is None or for_information or view.state not in RELEASABLE or _answered(view):
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
