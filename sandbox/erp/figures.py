"""An order's money and quantities as an ERP books them: sums of its own, nothing taken over."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sandbox.erp.returns import BookedReturn, booked


@dataclass(frozen=True)
class BookedLine:
    """One position. Money is text, exact, in the order's currency."""

    line_id: str
    channel_sku: str
    item_id: str | None
    ordered: int
    cancelled: int
    shipped: int
    returned: int
    unit_price: str
    line_gross: str
    line_payable: str
    vat: str


@dataclass(frozen=True)
class Figures:
    """An order's sums and lines. Money is text, exact, in `currency`."""

    currency: str
    gross: str
    discount: str
    payable: str
    vat: str
    lines: tuple[BookedLine, ...]
    returns: tuple[BookedReturn, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values, as the book keeps and shows them."""
        return asdict(self)


def figures(order: dict[str, Any]) -> Figures:
    """Adds up a canonical order.

    Raises:
        KeyError: A field is missing.
        ValueError: An amount is not in the order's currency, or not exact.
    """
    currency = order["currency"]
    charges = order.get("charges") or []
    off_order = _sum(_discounts(order), currency)
    lines = [_line(line, currency) for line in order["lines"]]
    off_lines = _sum((d for line in order["lines"] for d in _discounts(line)), currency)
    goods = sum((Decimal(line.line_payable) for line in lines), Decimal(0))
    line_vat = sum((Decimal(line.vat) for line in lines), Decimal(0))
    gross = sum((Decimal(line.line_gross) for line in lines), Decimal(0))
    extra = _sum((charge["amount"] for charge in charges), currency)
    extra_vat = _sum((c["tax"]["vat"] for c in charges if c.get("tax")), currency)
    return Figures(
        currency=currency,
        gross=str(gross),
        discount=str(off_lines + off_order),
        payable=str(goods - off_order + extra),
        vat=str(line_vat + extra_vat),
        lines=tuple(lines),
        returns=booked(order),
    )


def _line(line: dict[str, Any], currency: str) -> BookedLine:
    tax = line.get("tax")
    return BookedLine(
        line_id=line["line_id"],
        channel_sku=line["channel_sku"],
        item_id=line.get("item_id"),
        ordered=int(line["ordered"]),
        cancelled=int(line.get("cancelled", 0)),
        shipped=int(line.get("shipped", 0)),
        returned=int(line.get("returned", 0)),
        unit_price=str(_amount(line["unit_price"], currency)),
        line_gross=str(_amount(line["line_gross"], currency)),
        line_payable=str(_amount(line["line_payable"], currency)),
        vat=str(_amount(tax["vat"], currency) if tax else Decimal(0)),
    )


def _discounts(part: dict[str, Any]) -> list[Any]:
    return [discount["amount"] for discount in part.get("discounts") or []]


def _sum(amounts: Iterable[Any], currency: str) -> Decimal:
    return sum((_amount(amount, currency) for amount in amounts), Decimal(0))


def _amount(money: dict[str, Any], currency: str) -> Decimal:
    if money["currency"] != currency:
        raise ValueError(f"an amount is in {money['currency']}, the order in {currency}")
    return Decimal(money["amount"])
