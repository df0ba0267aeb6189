"""Settlements: every amount of every shipped order, fee and refund, and their sum.

The first data row carries the dates and total-amount, later rows one amount each; dates and the
split of a price into Principal and Tax are ASSUMED for SA.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sandbox.amazon.knobs import Knobs
from sandbox.amazon.market import CURRENCY, MARKETPLACE_NAME
from sandbox.amazon.model import Item, Order
from sandbox.amazon.reports.table import Row, number
from sandbox.amazon.stamps import iso

CENT = Decimal("0.01")
COMMISSION = Decimal("0.15")
FBA_FEE = Decimal("9.50")

COLUMNS = [
    "settlement-id",
    "settlement-start-date",
    "settlement-end-date",
    "deposit-date",
    "total-amount",
    "currency",
    "transaction-type",
    "order-id",
    "merchant-order-id",
    "adjustment-id",
    "shipment-id",
    "marketplace-name",
    "amount-type",
    "amount-description",
    "amount",
    "fulfillment-id",
    "posted-date",
    "posted-date-time",
    "order-item-code",
    "merchant-order-item-id",
    "merchant-adjustment-item-id",
    "sku",
    "quantity-purchased",
    "promotion-id",
]
"""Settlement reports attributes; promotion-id by a third party's sample."""


@dataclass(frozen=True)
class Amount:
    """One row's amount, and where it comes from."""

    transaction: str
    kind: str
    description: str
    amount: Decimal
    order: Order
    item: Item
    at: int
    quantity: int = 0
    promotion: str = ""


def sale(order: Order, item: Item, at: int) -> Iterator[Amount]:
    """What one shipped item brings and costs."""

    def row(kind: str, description: str, amount: Decimal, **more: str) -> Amount:
        quantity = item.quantity if description == "Principal" else 0
        return Amount("Order", kind, description, amount, order, item, at, quantity, **more)

    net = _net(item.price, item)
    yield row("ItemPrice", "Principal", net)
    yield row("ItemPrice", "Tax", item.price - net)
    if item.shipping:
        net = _net(item.shipping, item)
        yield row("ItemPrice", "Shipping", net)
        yield row("ItemPrice", "ShippingTax", item.shipping - net)
    if item.cod_fee:
        yield row("ItemPrice", "COD", item.cod_fee)
    if item.discount:
        yield row("Promotion", "Principal", -item.discount, promotion=item.promotion_id)
    fee = ((item.price - item.discount) * COMMISSION).quantize(CENT, ROUND_HALF_UP)
    yield row("ItemFees", "Commission", -fee)
    if order.channel == "AFN":
        yield row("ItemFees", "FBAPerUnitFulfillmentFee", -FBA_FEE * item.quantity)


def refund(order: Order, item: Item, amount: Decimal, at: int) -> Iterator[Amount]:
    """What goes back to the buyer of an item."""
    net = _net(amount, item)
    for description, part in (("Principal", net), ("Tax", amount - net)):
        yield Amount("Refund", "ItemPrice", description, -part, order, item, at)


def _net(gross: Decimal, item: Item) -> Decimal:
    return (gross * 100 / (100 + item.vat_rate)).quantize(CENT, ROUND_HALF_UP)


def head(settlement_id: str, total: Decimal, span: tuple[int, int], knobs: Knobs) -> Row:
    """The first row, which has the sum and no amount."""
    start, end = (_moment(at) for at in span)
    return {
        "settlement-id": settlement_id,
        "settlement-start-date": start,
        "settlement-end-date": end,
        "deposit-date": end,
        "total-amount": number(total + Decimal(knobs.settlement_off_by), knobs),
        "currency": CURRENCY,
    }


def rows(settlement_id: str, amounts: Iterable[Amount], knobs: Knobs) -> Iterator[Row]:
    """A row for each amount."""
    for each in amounts:
        moment = _moment(each.at)
        yield {
            "settlement-id": settlement_id,
            "transaction-type": each.transaction,
            "order-id": each.order.order_id,
            "merchant-order-id": each.order.seller_order_id,
            "adjustment-id": f"amzn1:crow:{each.item.item_id}"
            if each.amount < 0 and each.transaction == "Refund"
            else "",
            "shipment-id": f"D{each.order.order_id[4:11]}1",
            "marketplace-name": MARKETPLACE_NAME,
            "amount-type": each.kind,
            "amount-description": each.description,
            "amount": number(each.amount, knobs),
            "fulfillment-id": each.order.channel,
            "posted-date": moment[:10],
            "posted-date-time": moment,
            "order-item-code": each.item.item_id,
            "sku": each.item.sku,
            "quantity-purchased": str(each.quantity) if each.quantity else "",
            "promotion-id": each.promotion,
        }


def _moment(at: int) -> str:
    return iso(at)[:19].replace("T", " ") + " UTC"
