"""From the toy's order to the canonical order. Pure."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from canonical.envelope import EventIdentity
from canonical.identity import OrderRef
from canonical.money import Money
from canonical.order import Address, Buyer, Discount, Funder, Line, Order, Parcel, ParcelLine
from canonical.states import ParcelState
from canonical.tax import included
from tests.conformance.toy.abilities import CHANNEL
from tests.conformance.toy.wire import WireItem, WireOrder

STATES = {
    "pending": ParcelState.PENDING,
    "new": ParcelState.NEW,
    "accepted": ParcelState.ACCEPTED,
    "shipped": ParcelState.SHIPPED,
    "delivered": ParcelState.DELIVERED,
    "returned": ParcelState.RETURNED,
    "cancelled": ParcelState.CANCELLED,
}
DECIMALS = {"KWD": 3}
"""Of currencies that do not have two."""


def state_of(status: str) -> ParcelState:
    """The parcel's state; a word that is not in the table is `UNKNOWN`, never guessed."""
    return STATES.get(status, ParcelState.UNKNOWN)


def identity_of(order: WireOrder) -> EventIdentity:
    """Equal by webhook, list and read."""
    return EventIdentity(
        event_id=f"{order.number}:{order.revision}",
        order_id=order.number,
        subject=order.number,
        version=order.revision,
    )


def order_of(order: WireOrder, account: str) -> Order:
    """The whole order."""
    return Order(
        ref=OrderRef(channel=CHANNEL, account=account, order_id=order.number),
        placed_at=at(order.placed),
        currency=order.currency,
        prices_include_tax=True,
        lines=tuple(_line(item, order.currency) for item in order.items),
        parcels=(
            Parcel(
                parcel_id=order.number,
                state=state_of(order.status),
                channel_status=order.status,
                version=order.revision,
                lines=tuple(
                    ParcelLine(line_id=x.item_id, channel_sku=x.sku, quantity=x.quantity)
                    for x in order.items
                ),
                carrier=order.carrier,
                tracking_number=order.tracking,
            ),
        ),
        stated_payable=money(order.total, order.currency),
        buyer=Buyer(name=order.buyer.name, email=order.buyer.email, phone=order.buyer.phone),
        ship_to=Address(
            name=order.buyer.name,
            line1=order.ship_to.line1,
            district=order.ship_to.district,
            city=order.ship_to.city,
            postal_code=order.ship_to.postal_code,
            country=order.ship_to.country,
        ),
    )


def money(units: int, currency: str) -> Money:
    """An amount from smallest units."""
    return Money(amount=Decimal(units).scaleb(-DECIMALS.get(currency, 2)), currency=currency)


def at(millis: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)


def _line(item: WireItem, currency: str) -> Line:
    gross = item.price * item.quantity
    payable = money(gross - item.discount, currency)
    discount = Discount(funder=Funder.SELLER, amount=money(item.discount, currency))
    return Line(
        line_id=item.item_id,
        channel_sku=item.sku,
        name=item.title,
        ordered=item.quantity,
        cancelled=item.cancelled,
        unit_price=money(item.price, currency),
        line_gross=money(gross, currency),
        discounts=(discount,) if item.discount else (),
        line_payable=payable,
        tax=None if item.vat_rate is None else included(payable, item.vat_rate),
    )
