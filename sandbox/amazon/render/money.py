"""What an order costs, in the two ways that Amazon breaks it down."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.amazon.knobs import Knobs
from sandbox.amazon.model import Item, Order

CENT = Decimal("0.01")
Parts = dict[str, Decimal]


def money(amount: Decimal, currency: str) -> dict[str, str]:
    """Money as 2026-01-01 writes it."""
    return {"amount": f"{amount:.2f}", "currencyCode": currency}


def money_v0(amount: Decimal, currency: str) -> dict[str, str]:
    """Money as v0 writes it."""
    return {"CurrencyCode": currency, "Amount": f"{amount:.2f}"}


def breakdown(item: Item, knobs: Knobs) -> Parts:
    """An item's total by category; how VAT and discounts enter is a knob (ASSUMED)."""
    parts = {
        "ITEM": item.price,
        "SHIPPING": item.shipping,
        "COD_FEE": item.cod_fee,
        "DISCOUNT": item.discount if knobs.discount_sign == "positive" else -item.discount,
    }
    if knobs.proceeds_tax == "separate":
        gross = {name: amount for name, amount in parts.items() if amount}
        net = {name: _net(amount, item.vat_rate) for name, amount in gross.items()}
        parts = {**net, "TAX": item.total - sum(net.values(), Decimal(0))}
    return {name: amount for name, amount in parts.items() if amount}


def _net(gross: Decimal, rate: Decimal) -> Decimal:
    return (gross * 100 / (100 + rate)).quantize(CENT, ROUND_HALF_UP)


def item_proceeds(item: Item, currency: str, knobs: Knobs) -> dict[str, Any]:
    """`proceeds` of an order item."""
    rows: list[dict[str, Any]] = []
    for name, amount in breakdown(item, knobs).items():
        row: dict[str, Any] = {"type": name, "subtotal": money(amount, currency)}
        if name in ("TAX", "DISCOUNT"):
            row["detailedBreakdowns"] = [{"subtype": "ITEM", "value": money(amount, currency)}]
        rows.append(row)
    return {"proceedsTotal": money(item.total, currency), "breakdowns": rows}


def order_proceeds(order: Order, knobs: Knobs) -> dict[str, Any]:
    """`proceeds` of an order: the items' categories added up."""
    parts: Parts = {}
    for item in order.items:
        for name, amount in breakdown(item.of_kept(), knobs).items():
            parts[name] = parts.get(name, Decimal(0)) + amount
    rows = [
        {"type": name, "subtotal": money(amount, order.currency)} for name, amount in parts.items()
    ]
    return {"grandTotal": money(order.total, order.currency), "breakdowns": rows}
