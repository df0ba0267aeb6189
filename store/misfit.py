"""Orders that map well and yet cannot be kept.

Better a dead letter that says why than a transaction that fails for ever.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import cast

from canonical.identity import OrderRef
from canonical.order import Order
from store.columns import Id
from store.tables import order_lines, parcels, returns

COUNT_LIMIT = 2**63
RATE_LIMIT = Decimal(100_000)
_LINE_ID = cast(Id, order_lines.c.line_id.type)
_SKU = cast(Id, order_lines.c.channel_sku.type)
_PARCEL_ID = cast(Id, parcels.c.parcel_id.type)
_RETURN_ID = cast(Id, returns.c.return_id.type)


def misfit(order: Order, ref: OrderRef) -> str | None:
    """Says why the tables cannot hold an order as it is, or None where they can."""
    if order.ref != ref:
        return f"the body is about order {order.ref.order_id} of {order.ref.account}"
    line_ids = [line.line_id for line in order.lines]
    parcel_ids = [parcel.parcel_id for parcel in order.parcels]
    return (
        _repeated("line id", line_ids)
        or _repeated("parcel id", parcel_ids)
        or _odd("line id", line_ids, _LINE_ID)
        or _odd("SKU", (line.channel_sku for line in order.lines), _SKU)
        or _odd("parcel id", parcel_ids, _PARCEL_ID)
        or _odd("line id", (x.line_id for p in order.parcels for x in p.lines), _LINE_ID)
        or _odd("SKU", (x.channel_sku for p in order.parcels for x in p.lines), _SKU)
        or _repeated("return id", [x.return_id for x in order.returns])
        or _odd("return id", (x.return_id for x in order.returns), _RETURN_ID)
        or _too_large(order)
        or _sums(order)
    )


def _repeated(what: str, ids: list[str]) -> str | None:
    twice = [x for x, count in Counter(ids).items() if count > 1]
    return f"{what} {twice[0]!r} stands for two of them" if twice else None


def _odd(what: str, ids: Iterable[str], kept_as: Id) -> str | None:
    """An id that would have to be altered must not be: it is sent back to the marketplace."""
    odd = next((x for x in ids if not x or kept_as.clean(x) != x), None)
    return None if odd is None else f"{what} {odd[:80]!r} is empty, too long or not text"


def _too_large(order: Order) -> str | None:
    counts = [line.ordered for line in order.lines]
    counts += [n for p in order.parcels for n in (p.version, *(x.quantity for x in p.lines))]
    counts += [n for r in order.returns for n in (r.version, *(x.quantity for x in r.items))]
    if any(n >= COUNT_LIMIT for n in counts):
        return "a quantity or version is beyond 64 bits"
    rates = [line.tax.rate for line in order.lines if line.tax]
    return "a tax rate is beyond 100,000 %" if any(abs(r) >= RATE_LIMIT for r in rates) else None


def _sums(order: Order) -> str | None:
    try:
        for amount in (order.gross, order.discount, order.payable, order.vat):
            amount.rounded()
    except ValueError as error:
        return f"its amounts do not add up to a sum: {str(error).splitlines()[0]}"
    return None
