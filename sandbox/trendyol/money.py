"""Exact money of lines and packages, and its wire form."""

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from sandbox.trendyol.model import Line, Unit

CENT = Decimal("0.01")


def unit_price(line: Line, unit: Unit) -> Decimal:
    """What the customer pays for one unit."""
    return line.unit_gross - unit.seller_discount - unit.trendyol_discount


def line_total(line: Line) -> Decimal:
    """The exact total of a line."""
    return sum((unit_price(line, unit) for unit in line.units), Decimal(0))


def mean(values: Iterable[Decimal], rounding: str) -> Decimal:
    """The mean in whole cents."""
    found = list(values)
    return (sum(found, Decimal(0)) / len(found)).quantize(CENT, rounding=rounding)


def mean_unit_price(line: Line) -> Decimal:
    """lineUnitPrice: cut to cents, hence not exact (docs sample: 25.99 for 2 x 12.99)."""
    return mean((unit_price(line, unit) for unit in line.units), ROUND_DOWN)


def mean_trendyol_discount(line: Line) -> Decimal:
    """lineTyDiscount: per unit."""
    return mean((unit.trendyol_discount for unit in line.units), ROUND_HALF_UP)


def share_out(total: Decimal, count: int) -> list[Decimal]:
    """Splits a sum into `count` parts that differ by at most a cent."""
    cents = int(total / CENT)
    low, more = divmod(cents, count)
    return [CENT * (low + (1 if place < more else 0)) for place in range(count)]


def double(amount: Decimal) -> float:
    """Trendyol sends JSON doubles; the sandbox computes in Decimal and turns here alone."""
    return float(amount)


def rate(percent: Decimal) -> float | int:
    """A VAT rate, whole where it is whole."""
    return int(percent) if percent == int(percent) else double(percent)
