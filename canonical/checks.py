"""What is wrong with an order that was recorded all the same."""

from decimal import Decimal

from canonical.order import Order

TOLERANCE = Decimal("0.01")
"""Rows of a total may be off by a rounding cent, no more; a mismatch is flagged, not adjusted."""


def totals_problem(order: Order) -> str | None:
    """Says how the sums differ, or None where they add up."""
    problems = []
    for line in order.lines:
        less = sum((d.amount.amount for d in line.discounts), Decimal(0))
        rest = line.line_gross.amount - less
        if abs(rest - line.line_payable.amount) > TOLERANCE:
            problems.append(
                f"line {line.line_id}: {line.line_gross} less {less} is {rest},"
                f" the marketplace says {line.line_payable}"
            )
    stated = order.stated_payable
    if stated is not None and abs(order.payable.amount - stated.amount) > TOLERANCE:
        problems.append(f"the lines sum to {order.payable}, the marketplace says {stated}")
    return "; ".join(problems) or None


def unmapped_skus(order: Order) -> tuple[str, ...]:
    """Channel SKUs of the order that no listing maps to an internal item, each once."""
    return tuple(dict.fromkeys(x.channel_sku for x in order.lines if x.item_id is None))
