"""What an order's proceeds mean: lines, charges, tax. Pure.

How TAX and the sign of DISCOUNT behave in Saudi Arabia is not documented, and Amazon's maintainers
say so (models issue 5297). So the rows are tried against the stated total: first with TAX inside
the others, as Saudi prices include VAT by law, then on top of them. What fits neither is recorded
as it stands and flagged.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from canonical.checks import TOLERANCE
from canonical.money import Money
from canonical.order import Charge, ChargeKind, Discount, Funder, Line
from canonical.tax import included
from channels.amazon.parcels import cancelled_units
from channels.amazon.wire import Item, WireOrder, amounts_of

PRICES_INCLUDE_TAX = True
"""ASSUMED of the API; documented of the offers on amazon.sa (help page G200405820)."""
VAT_RATE = Decimal(15)
"""Saudi VAT in per cent. Amazon sends no rate."""
VAT_CURRENCY = "SAR"
CURRENCY = "SAR"
"""Where an order names no amount at all, as a pending one."""

_CHARGES = {
    "SHIPPING": ChargeKind.SHIPPING,
    "GIFT_WRAP": ChargeKind.GIFT_WRAP,
    "COD_FEE": ChargeKind.CASH_ON_DELIVERY,
}
_GOODS, _TAX, _DISCOUNT = "ITEM", "TAX", "DISCOUNT"
_ZERO = Decimal(0)


@dataclass(frozen=True)
class ItemMoney:
    """One item's rows, added up by what they are for."""

    goods: Decimal | None
    """Of the units ordered; None where the item has no such row and no price."""
    goods_discount: Decimal
    charges: dict[ChargeKind, Decimal]
    charges_discount: Decimal

    @property
    def total(self) -> Decimal:
        charges = sum(self.charges.values(), _ZERO)
        return (self.goods or _ZERO) - self.goods_discount + charges - self.charges_discount


def currency_of(order: WireOrder) -> str:
    """The one currency of the order."""
    return next((a.currency for a in amounts_of(order)), CURRENCY)


def money_of(item: Item) -> ItemMoney:
    """An item's money by the reading of its rows that fits its total."""
    inside = _read(item, tax_on_top=False)
    stated = item.proceeds.total
    if stated is None or abs(inside.total - stated.amount) <= TOLERANCE:
        return inside
    on_top = _read(item, tax_on_top=True)
    return on_top if abs(on_top.total - stated.amount) <= TOLERANCE else inside


def line_of(item: Item, currency: str) -> Line:
    """An item as a line."""
    money = money_of(item)
    goods = money.goods or _ZERO
    unit = item.product.price.unit
    each = unit.amount if unit is not None else _ZERO
    if item.ordered and each * item.ordered != goods:
        each = (goods / item.ordered).quantize(Decimal("0.0001"))
    payable = Money(amount=goods - money.goods_discount, currency=currency)
    discount = Discount(
        funder=Funder.SELLER, amount=Money(amount=money.goods_discount, currency=currency)
    )
    taxed = currency == VAT_CURRENCY and money.goods is not None
    return Line(
        line_id=item.item_id,
        channel_sku=item.product.sku.strip() or item.product.asin.strip() or item.item_id,
        name=item.product.title,
        ordered=item.ordered,
        unit_price=Money(amount=each, currency=currency),
        line_gross=Money(amount=goods, currency=currency),
        discounts=(discount,) if money.goods_discount else (),
        line_payable=payable,
        tax=included(payable, VAT_RATE) if taxed else None,
    )


def charges_of(order: WireOrder, currency: str) -> Iterator[Charge]:
    """What the buyer pays besides goods, each kind once."""
    sums: dict[ChargeKind, Decimal] = {}
    for item in order.items:
        for kind, amount in money_of(item).charges.items():
            sums[kind] = sums.get(kind, _ZERO) + amount
    for kind in ChargeKind:
        if sums.get(kind):
            charge = Money(amount=sums[kind], currency=currency)
            tax = included(charge, VAT_RATE) if currency == VAT_CURRENCY else None
            yield Charge(kind=kind, amount=charge, tax=tax)


def discounts_of(order: WireOrder, currency: str) -> Iterator[Discount]:
    """Reductions of charges, such as free shipping."""
    amount = sum((money_of(item).charges_discount for item in order.items), _ZERO)
    if amount:
        yield Discount(funder=Funder.SELLER, amount=Money(amount=amount, currency=currency))


def stated_total(order: WireOrder, currency: str) -> Money | None:
    """What the marketplace says that the buyer pays.

    None where units were cancelled: Amazon then counts what is left, the lines what was ordered.
    """
    whole = all(_is_priced(item) and not cancelled_units(order, item) for item in order.items)
    if order.proceeds.total is None or not whole:
        return None
    return Money(amount=order.proceeds.total.amount, currency=currency)


def _is_priced(item: Item) -> bool:
    return bool(item.proceeds.rows) or item.proceeds.total is not None


def _read(item: Item, *, tax_on_top: bool) -> ItemMoney:
    goods: Decimal | None = None
    goods_tax = charges_tax = goods_less = charges_less = _ZERO
    charges: dict[ChargeKind, Decimal] = {}
    for row in item.proceeds.rows:
        word, amount = row.type.upper(), row.subtotal.amount
        details = [(d.subtype.upper(), d.value.amount) for d in row.details if d.value]
        if word == _GOODS:
            goods = (goods or _ZERO) + amount
        elif word == _TAX:
            other = _besides_goods(details)
            goods_tax, charges_tax = goods_tax + amount - other, charges_tax + other
        elif word == _DISCOUNT:
            # Sent as a reduction or as a negative row: both are told as what is taken off.
            other = abs(_besides_goods(details))
            goods_less, charges_less = goods_less + abs(amount) - other, charges_less + other
        else:
            kind = _CHARGES.get(word, ChargeKind.OTHER)
            charges[kind] = charges.get(kind, _ZERO) + amount
    unit = item.product.price.unit
    if goods is None and unit is not None:
        goods = unit.amount * item.ordered
    if tax_on_top:
        goods = (goods or _ZERO) + goods_tax
        if charges_tax:
            kind = next(iter(charges), ChargeKind.OTHER)
            charges[kind] = charges.get(kind, _ZERO) + charges_tax
    return ItemMoney(goods, goods_less, charges, charges_less)


def _besides_goods(details: Iterable[tuple[str, Decimal]]) -> Decimal:
    return sum((amount for subtype, amount in details if subtype not in ("", _GOODS)), _ZERO)
