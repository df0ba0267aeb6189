"""What is due at the marketplace for one parcel: accept, split, carrier, ship, invoice, cancel."""

import hashlib

from canonical.abilities import Abilities
from canonical.actions import (
    AcceptParcel,
    ActionKind,
    AttachInvoice,
    ChangeCarrier,
    DeliverOtherwise,
    ReadyParcel,
    ShipParcel,
    SplitParcel,
)
from canonical.commands import ShipLine
from canonical.effects import EffectState
from canonical.shipments import is_whole, lines_within, shipments
from canonical.states import SHIPPED_OR_BEYOND, ParcelState
from canonical.steps import Act
from canonical.view import OrderView, ParcelView
from canonical.wishes import ShipWish
from canonical.withdrawals import all_lines, withdrawals

UNSHIPPED = frozenset({ParcelState.NEW, ParcelState.ACCEPTED, ParcelState.READY})


def parcel_step(view: OrderView, parcel: ParcelView, abilities: Abilities) -> Act | None:
    """The one step that is due now; what is refused or unclear holds up what comes after it."""
    for act in _wanted(view, parcel, abilities):
        effect = view.effect(act.effect)
        if effect is None or effect.state is EffectState.SENT:
            return act
        if effect.state is not EffectState.DONE:
            return None
    return None


def _wanted(view: OrderView, parcel: ParcelView, abilities: Abilities) -> list[Act]:
    """The acts that the wishes ask of this parcel, in the order in which they must happen."""
    if parcel.state in SHIPPED_OR_BEYOND:
        return _invoice(view, parcel, shipments(view).get(parcel.parcel_id), abilities)
    if parcel.state not in UNSHIPPED:
        return []
    withdrawn = withdrawals(view, parcel, abilities)
    if withdrawn:
        return withdrawn
    acts: list[Act] = []
    if not view.wishes.accepted:
        return acts
    if abilities.acknowledges is ActionKind.ACCEPT and parcel.state is ParcelState.NEW:
        accept = AcceptParcel(
            order_id=view.ref.order_id, parcel_id=parcel.parcel_id, lines=all_lines(parcel)
        )
        acts.append(Act(accept, f"accept/{parcel.parcel_id}"))
    wish = shipments(view).get(parcel.parcel_id)
    if wish is not None and not is_whole(view, parcel, wish):
        if abilities.ships_parts and tells_tracking(parcel, abilities):
            return [*acts, _ship_part(view, parcel, wish)]
        return [*acts, *_split(view, parcel, wish, abilities)]
    if wish is not None:
        acts += _leave(view, parcel, wish, abilities)
    return [*acts, *_invoice(view, parcel, wish, abilities)]


def _split(view: OrderView, parcel: ParcelView, wish: ShipWish, abilities: Abilities) -> list[Act]:
    """What leaves gets a parcel of its own; the wish is about that one then."""
    if ActionKind.SPLIT not in abilities.actions:
        return []
    group = tuple(lines_within(view, parcel, wish.lines))
    held = {x.line_id: x.quantity for x in parcel.lines}
    action = SplitParcel(
        order_id=view.ref.order_id,
        parcel_id=parcel.parcel_id,
        groups=(group,),
        whole_lines=all(held[x.line_id] == x.quantity for x in group),
    )
    return [Act(action, f"split/{parcel.parcel_id}")]


def _leave(view: OrderView, parcel: ParcelView, wish: ShipWish, abilities: Abilities) -> list[Act]:
    """The carrier first, then that it is packed, then the tracking where the seller pays."""
    order_id, parcel_id = view.ref.order_id, parcel.parcel_id
    if wish.own_delivery and ActionKind.DELIVER_OTHERWISE in abilities.actions:
        otherwise = DeliverOtherwise(
            order_id=order_id, parcel_id=parcel_id, tracking=wish.own_delivery
        )
        return [Act(otherwise, f"otherwise/{parcel_id}")]
    told = tells_tracking(parcel, abilities)
    acts = []
    changes = ActionKind.CHANGE_CARRIER in abilities.actions
    if wish.carrier and not told and changes and parcel.state is not ParcelState.READY:
        change = ChangeCarrier(order_id=order_id, parcel_id=parcel_id, carrier=wish.carrier)
        acts.append(Act(change, f"carrier/{parcel_id}"))
    says_ready = not told or (
        abilities.invoiced_when_ready
        and bool(wish.invoice_number)
        and ActionKind.READY in abilities.actions
    )
    if says_ready and parcel.state is not ParcelState.READY:
        ready = ReadyParcel(
            order_id=order_id,
            parcel_id=parcel_id,
            invoice_number=wish.invoice_number,
            lines=all_lines(parcel),
        )
        acts.append(Act(ready, f"ready/{parcel_id}"))
    if told:
        number = _number(view, parcel, wish)
        acts.append(_ship(view, parcel, wish, number, all_lines(parcel), f"ship/{parcel_id}"))
    return acts


def tells_tracking(parcel: ParcelView, abilities: Abilities) -> bool:
    """Whether the parcel leaves by the seller's own carrier, so that its tracking is told."""
    may = parcel.seller_ships and ActionKind.SHIP in abilities.actions
    return abilities.ships_by is ActionKind.SHIP or may


def _ship_part(view: OrderView, parcel: ParcelView, wish: ShipWish) -> Act:
    """Some units leave; the parcel keeps the others."""
    number = view.wishes.ship.index(wish) + 1
    lines = tuple(lines_within(view, parcel, wish.lines))
    return _ship(view, parcel, wish, number, lines, f"ship/{parcel.parcel_id}/{number}")


def _number(view: OrderView, parcel: ParcelView, wish: ShipWish) -> int:
    """Of the first wish for all of the parcel: a correction must not look like another shipment."""
    alike = (
        i
        for i, other in enumerate(view.wishes.ship, 1)
        if other == wish
        or not (wish.lines or other.lines or other.parcel_id not in (None, parcel.parcel_id))
    )
    return next(alike)


def _ship(
    view: OrderView,
    parcel: ParcelView,
    wish: ShipWish,
    number: int,
    lines: tuple[ShipLine, ...],
    effect: str,
) -> Act:
    action = ShipParcel(
        order_id=view.ref.order_id,
        parcel_id=parcel.parcel_id,
        carrier=wish.carrier,
        tracking_number=wish.tracking_number,
        lines=lines,
        number=number,
    )
    return Act(action, effect)


def _invoice(
    view: OrderView, parcel: ParcelView, wish: ShipWish | None, abilities: Abilities
) -> list[Act]:
    """A link that comes with `ship` or after it; another link is another effect."""
    if ActionKind.ATTACH_INVOICE not in abilities.actions:
        return []
    later = view.wishes.invoice_wish(parcel.parcel_id)
    link = later.link if later else wish.invoice_link if wish else ""
    if not link:
        return []
    number = later.number if later else wish.invoice_number if wish else ""
    action = AttachInvoice(
        order_id=view.ref.order_id,
        parcel_id=parcel.parcel_id,
        link=link,
        invoice_number=number,
    )
    digest = hashlib.sha256(link.encode()).hexdigest()[:8]
    return [Act(action, f"invoice/{parcel.parcel_id}/{digest}")]
