"""From a shipment package to the canonical order. Pure."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from canonical.envelope import EventIdentity
from canonical.identity import OrderRef, bounded
from canonical.money import Money
from canonical.order import (
    Address,
    Buyer,
    Discount,
    Funder,
    Line,
    Order,
    Parcel,
    ParcelLine,
    Payment,
    PaymentMethod,
)
from canonical.states import ParcelState
from canonical.tax import included
from channels.trendyol.abilities import CHANNEL
from channels.trendyol.wire import Package, WireAddress, WireLine

STATES = {
    "awaiting": ParcelState.PENDING,
    "verified": ParcelState.PENDING,
    "created": ParcelState.NEW,
    "picking": ParcelState.ACCEPTED,
    "invoiced": ParcelState.READY,
    "shipped": ParcelState.SHIPPED,
    "atcollectionpoint": ParcelState.AT_PICKUP_POINT,
    "undelivered": ParcelState.DELIVERY_FAILED,
    "delivered": ParcelState.DELIVERED,
    "returned": ParcelState.RETURNED,
    "cancelled": ParcelState.CANCELLED,
    "unsupplied": ParcelState.CANCELLED,
    "unpacked": ParcelState.REPLACED,
}

SELLER_PAYS = "1"

UNKNOWN_ORIGIN = "unknown"
"""Stands for the origin of a successor that names none: it must not count as a first package."""

PRICES_INCLUDE_TAX = True
"""ASSUMED: nothing in the documentation says so; Saudi consumer prices include VAT by law."""

ORDER_DATE_SHIFT = timedelta(hours=3)
"""`orderDate` is labelled GMT+3 and runs ahead of UTC; all other dates are UTC."""

_SUCCESSORS = frozenset({"split", "cancel", "transfer"})
_SAME_INSTANT = timedelta(minutes=30)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def state_of(status: str) -> ParcelState:
    """The parcel's state; a word that is not in the table is `UNKNOWN`, never guessed."""
    return STATES.get(status.replace("_", "").casefold(), ParcelState.UNKNOWN)


def identity_of(package: Package, storefront: str) -> EventIdentity:
    """Equal by webhook, stream and read: made of what the package says, not of how it came.

    An address that is blank at first is filled in later without a new version: a package with one
    and the same package without are two events.
    """
    parts = [storefront, package.package_id, package.status, str(package.modified)]
    if _address(package.ship_to).is_blank:
        parts.append("blank")
    return EventIdentity(
        event_id=event_id(*parts),
        order_id=package.order_number,
        subject=package.package_id,
        version=package.modified,
    )


def event_id(*parts: str) -> str:
    """Parts with colons between; a colon within one must not make it look like two."""
    return bounded(":".join(p.replace("%", "%25").replace(":", "%3A") for p in parts), 200)


def order_of(package: Package, account: str) -> Order:
    """An order with this one parcel and its lines."""
    currency = package.currency
    total = Money(amount=package.total, currency=currency)
    return Order(
        ref=OrderRef(channel=CHANNEL, account=account, order_id=package.order_number),
        placed_at=_placed_at(package),
        currency=currency,
        prices_include_tax=PRICES_INCLUDE_TAX,
        lines=tuple(_line(line, currency) for line in package.lines),
        parcels=(_parcel(package),),
        stated_payable=total,
        buyer=Buyer(
            name=_joined(package.first_name, package.last_name),
            email=package.email,
            phone=package.ship_to.phone,
            tax_number=package.tax_number or package.bill_to.tax_number,
        ),
        ship_to=_address(package.ship_to),
        bill_to=_address(package.bill_to),
        payment=Payment(
            method=PaymentMethod.CASH_ON_DELIVERY
            if package.cash_on_delivery
            else PaymentMethod.PREPAID,
            to_collect=total if package.cash_on_delivery else None,
        ),
    )


def at(millis: int) -> datetime:
    """The instant of a UTC field."""
    return _EPOCH + timedelta(milliseconds=millis)


def is_successor(package: Package) -> bool:
    """Whether the package carries on what another one held."""
    return package.created_by.casefold() in _SUCCESSORS


def sku_of(line: WireLine) -> str:
    """The seller's own code; the barcode where the seller gave none."""
    return line.stock_code.strip() or line.barcode


def _parcel(package: Package) -> Parcel:
    return Parcel(
        parcel_id=package.package_id,
        state=state_of(package.status),
        channel_status=package.status,
        version=package.modified,
        lines=tuple(
            ParcelLine(line_id=x.line_id, channel_sku=sku_of(x), quantity=x.quantity)
            for x in package.lines
        ),
        origin_parcel_ids=_origins(package),
        carrier=package.carrier,
        tracking_number=package.tracking_number,
        invoice_number=package.invoice_number,
        cancel_reason=next((x.cancel_reason for x in package.lines if x.cancel_reason), ""),
        seller_ships=package.who_pays == SELLER_PAYS,
    )


def _origins(package: Package) -> tuple[str, ...]:
    if not is_successor(package):
        return ()
    others = tuple(x for x in package.origins if x != package.package_id)
    return others or (UNKNOWN_ORIGIN,)


def _line(line: WireLine, currency: str) -> Line:
    payable = Money(amount=_payable(line), currency=currency)
    return Line(
        line_id=line.line_id,
        channel_sku=sku_of(line),
        name=line.name,
        ordered=line.quantity,
        unit_price=Money(amount=line.unit_gross, currency=currency),
        line_gross=Money(amount=line.unit_gross * line.quantity, currency=currency),
        discounts=_discounts(line, currency),
        line_payable=payable,
        tax=None if line.vat_rate is None else included(payable, line.vat_rate),
    )


def _payable(line: WireLine) -> Decimal:
    exact = _sum_of_units(line, [unit.price for unit in line.units])
    return line.unit_payable * line.quantity if exact is None else exact


def _discounts(line: WireLine, currency: str) -> tuple[Discount, ...]:
    sellers = _sum_of_units(line, [unit.seller_discount for unit in line.units])
    if sellers is None:
        sellers = (line.unit_seller_discount or Decimal(0)) * line.quantity
    marketplaces = _sum_of_units(line, [unit.marketplace_discount for unit in line.units])
    if marketplaces is None:
        marketplaces = (line.unit_marketplace_discount or Decimal(0)) * line.quantity
    shares = ((Funder.SELLER, sellers), (Funder.MARKETPLACE, marketplaces))
    return tuple(
        Discount(funder=funder, amount=Money(amount=amount, currency=currency))
        for funder, amount in shares
        if amount > 0
    )


def _sum_of_units(line: WireLine, amounts: list[Decimal | None]) -> Decimal | None:
    """The exact sum, where there is one detail for each unit and none of them is blank."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) == line.quantity else None


def _placed_at(package: Package) -> datetime:
    """`orderDate` less three hours, unless the UTC dates say that it is UTC by now."""
    stated = at(package.ordered)
    known = [h.at for h in package.histories]
    if package.origin_shipment is not None:
        known.append(package.origin_shipment)
    if known and abs(stated - at(min(known))) < _SAME_INSTANT:
        return stated
    return stated - ORDER_DATE_SHIFT


def _address(address: WireAddress) -> Address:
    lines = address.address_lines
    return Address(
        name=address.full_name or _joined(address.first_name, address.last_name),
        company=address.company,
        line1=address.address1 or lines.line1 or address.full_address,
        line2=address.address2 or lines.line2,
        district=address.district or address.neighborhood,
        city=address.city,
        region=address.state,
        postal_code=address.postal_code,
        short_address=address.short_address,
        country=address.country,
        phone=address.phone,
    )


def _joined(*names: str) -> str:
    return " ".join(name.strip() for name in names if name.strip())
