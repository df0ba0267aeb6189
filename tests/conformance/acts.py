"""Orders brought to where an action is due, and the action as the platform would send it."""

from canonical.abilities import Abilities
from canonical.actions import (
    AcceptParcel,
    Action,
    ActionKind,
    AnswerReturn,
    AttachInvoice,
    CancelLines,
    ChangeCarrier,
    DeliverOtherwise,
    ReadyParcel,
    ShipParcel,
    SplitParcel,
)
from canonical.commands import ShipLine
from canonical.order import Order
from sandbox.conformance.words import Told
from tests.conformance.stage import Trader

K = ActionKind
ACCEPTED_FIRST = frozenset({K.READY, K.SHIP, K.CANCEL_LINES, K.SPLIT, K.CHANGE_CARRIER,
                            K.ATTACH_INVOICE, K.DELIVER_OTHERWISE})  # fmt: skip
READY_FIRST = frozenset({K.SHIP, K.ATTACH_INVOICE})
QUANTITIES = (2, 1)


def first_action(abilities: Abilities) -> ActionKind:
    """What a seller does to a new order first."""
    if abilities.acknowledges in abilities.actions and abilities.acknowledges is not None:
        return abilities.acknowledges
    order = (K.ACCEPT, K.READY, K.SHIP, K.CANCEL_LINES)
    return next(kind for kind in order if kind in abilities.actions)


async def due(trader: Trader, kind: ActionKind, told: Told | None = None) -> Action:
    """Places an order, takes the steps before an action, and gives the action."""
    told = told or await trader.place(quantities=QUANTITIES, open_to=kind.value)
    known = trader.abilities.actions
    if kind in ACCEPTED_FIRST and K.ACCEPT in known:
        await trader.channel.perform(await action(trader, K.ACCEPT, told))
    if kind in READY_FIRST and K.READY in known and trader.abilities.invoiced_when_ready:
        await trader.channel.perform(await action(trader, K.READY, told))
    if kind is K.ANSWER_RETURN:
        await trader.market.change(trader.seller, told.order_id, what="deliver")
        told = await trader.market.change(trader.seller, told.order_id, what="send_back")
    return await action(trader, kind, told)


async def action(trader: Trader, kind: ActionKind, told: Told) -> Action:
    """An action on an order as it is."""
    if kind is K.ANSWER_RETURN:
        (back,) = told.returns
        return AnswerReturn(
            order_id=told.order_id, return_id=back.return_id, item_ids=back.item_ids,
            answer="approve",
        )  # fmt: skip
    return of_parcel(await trader.order(told.order_id), kind, told)


def of_parcel(order: Order, kind: ActionKind, told: Told) -> Action:
    """An action on the order's one parcel, named as the channel names it."""
    parcel = order.parcels[0]
    units = tuple(ShipLine(line_id=x.line_id, quantity=x.quantity) for x in parcel.lines)
    about = {"order_id": order.ref.order_id, "parcel_id": parcel.parcel_id}
    number = f"INV-{order.ref.order_id}"[:30]
    match kind:
        case K.ACCEPT:
            return AcceptParcel(**about, lines=units)
        case K.READY:
            return ReadyParcel(**about, invoice_number=number, lines=units)
        case K.SHIP:
            return ShipParcel(
                **about, carrier=told.carriers[0], tracking_number="7330001234567890", lines=units
            )
        case K.CANCEL_LINES:
            return CancelLines(**about, lines=units[-1:])
        case K.SPLIT:
            return SplitParcel(**about, groups=(units[-1:],), whole_lines=True)
        case K.CHANGE_CARRIER:
            another = next(x for x in told.carriers if x != parcel.carrier)
            return ChangeCarrier(**about, carrier=another)
        case K.ATTACH_INVOICE:
            return AttachInvoice(
                **about, link=f"https://erp.example/{number}.pdf", invoice_number=number
            )
        case K.DELIVER_OTHERWISE:
            return DeliverOtherwise(**about, tracking="https://track.example/1")
        case _:
            raise AssertionError(f"{kind} is about no parcel")
