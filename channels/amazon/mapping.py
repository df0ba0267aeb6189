"""From an order of Orders 2026-01-01 to the canonical order. Pure."""

from datetime import datetime, timedelta

from canonical.envelope import EventIdentity
from canonical.identity import OrderRef, bounded
from canonical.money import Money
from canonical.order import (
    Address,
    Buyer,
    CancelRequest,
    FulfilledBy,
    Order,
    Payment,
    PaymentMethod,
)
from canonical.states import ParcelState
from channels.amazon import money
from channels.amazon.abilities import CHANNEL
from channels.amazon.parcels import is_amazons, parcels_of, progress, rest_state
from channels.amazon.wire import WireAddress, WireOrder, millis

OVER_AFTER = timedelta(days=14)
"""ASSUMED: so long after the promised delivery nothing more is heard of a package whose delivery
Amazon was never told."""
OVER_WITHOUT_PROMISE = timedelta(days=30)

_CASH = frozenset({"cashondelivery", "cod"})
_PLACES = 1_000
"""`lastUpdatedTime` may tell whole seconds: below it the version counts how far the order is."""


def version_of(order: WireOrder) -> int:
    """Grows with every change of the order."""
    return millis(order.updated) * _PLACES + progress(order)


def identity_of(order: WireOrder) -> EventIdentity:
    """Equal by search and read: made of what the order says, not of how it came.

    Addresses are shown by the application's roles and may come later: an order of the seller's
    with one and the same without are two events.
    """
    parts = ["order", order.order_id, str(version_of(order))]
    waits = rest_state(order) is not ParcelState.PENDING and not is_amazons(order)
    if waits and _address(order.recipient.address).is_blank:
        parts.append("blank")
    return EventIdentity(
        event_id=bounded(":".join(parts), 200),
        order_id=order.order_id,
        version=version_of(order),
    )


def order_of(order: WireOrder, account: str) -> Order:
    """The whole order."""
    currency = money.currency_of(order)
    lines = tuple(money.line_of(item, currency) for item in order.items)
    skus = {line.line_id: line.channel_sku for line in lines}
    return Order(
        ref=OrderRef(channel=CHANNEL, account=account, order_id=order.order_id),
        placed_at=order.created,
        currency=currency,
        prices_include_tax=money.PRICES_INCLUDE_TAX,
        lines=lines,
        parcels=parcels_of(order, version_of(order), skus),
        discounts=tuple(money.discounts_of(order, currency)),
        charges=tuple(money.charges_of(order, currency)),
        stated_payable=money.stated_total(order, currency),
        buyer=_buyer(order),
        ship_to=_address(order.recipient.address),
        bill_to=_bill_to(order),
        payment=_payment(order, currency),
        note=_note(order),
        fulfilled_by=FulfilledBy.MARKETPLACE if is_amazons(order) else FulfilledBy.SELLER,
        cancel_request=_cancel_request(order),
        changed_at=order.updated,
        over_at=_over_at(order),
    )


def _over_at(order: WireOrder) -> datetime:
    """Amazon tells of no delivery of its own shipments, and of others' only where it is told."""
    if is_amazons(order):
        return order.created
    promised = order.fulfillment.deliver_by.latest if order.fulfillment else None
    return promised + OVER_AFTER if promised else order.updated + OVER_WITHOUT_PROMISE


def _cancel_request(order: WireOrder) -> CancelRequest | None:
    if is_amazons(order):
        return None
    asked = [
        item
        for item in order.items
        if item.cancellation.asked is not None and item.cancellation.done is None
    ]
    if not asked:
        return None
    reasons = (x.cancellation.asked.reason for x in asked if x.cancellation.asked)
    return CancelRequest(
        line_ids=tuple(x.item_id for x in asked), reason=next(filter(None, reasons), "")
    )


def _buyer(order: WireOrder) -> Buyer:
    registered = (r.number for r in order.tax.registrations if r.entity.upper() == "BUYER")
    return Buyer(
        name=order.buyer.name,
        email=order.buyer.email,
        phone=order.recipient.address.phone,
        tax_number=next(filter(None, registered), ""),
    )


def _bill_to(order: WireOrder) -> Address:
    registered = (r.address for r in order.tax.registrations if r.entity.upper() == "BUYER")
    found = next(registered, None)
    return _address(found) if found else Address(company=order.buyer.company)


def _payment(order: WireOrder, currency: str) -> Payment:
    executions = order.payment.executions
    words = ", ".join(dict.fromkeys(x.method for x in executions if x.method))
    cash = [x for x in executions if _bare(x.method) in _CASH]
    if not cash:
        known = bool(executions) or rest_state(order) is not ParcelState.PENDING
        method = PaymentMethod.PREPAID if known else PaymentMethod.UNKNOWN
        return Payment(method=method, channel_method=words)
    amounts = [x.amount.amount for x in cash if x.amount is not None]
    whole = money.stated_total(order, currency)
    collect = Money(amount=sum(amounts[1:], amounts[0]), currency=currency) if amounts else whole
    return Payment(method=PaymentMethod.CASH_ON_DELIVERY, channel_method=words, to_collect=collect)


def _bare(word: str) -> str:
    return "".join(c for c in word.casefold() if c.isalnum())


def _note(order: WireOrder) -> str:
    said = [order.recipient.preference.instruction]
    said += [i.fulfillment.packing.gift.message for i in order.items if i.fulfillment]
    return "\n".join(dict.fromkeys(x.strip() for x in said if x.strip()))


def _address(address: WireAddress) -> Address:
    return Address(
        name=address.name,
        company=address.company,
        line1=address.line1,
        line2=", ".join(x for x in (address.line2, address.line3) if x.strip()),
        district=address.district,
        city=address.city or address.municipality,
        region=address.region,
        postal_code=address.postal_code,
        country=address.country,
        phone=address.phone,
    )
