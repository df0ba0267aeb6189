"""The tab-separated files of order feeds, and their results. Pure.

Source: developer-docs, "Order Feed Type Values": the columns. Reason codes and the shape of the
result are ASSUMED.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ACKNOWLEDGEMENT = "POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA"
"""In spite of its name it cancels, and nothing else."""
ADJUSTMENT = "POST_FLAT_FILE_PAYMENT_ADJUSTMENT_DATA"
CONTENT_TYPE = "text/tab-separated-values; charset=UTF-8"

NO_INVENTORY = "NoInventory"
BUYER_CANCELLED = "BuyerCanceled"
REASONS = {
    "out_of_stock": NO_INVENTORY,
    "damaged": NO_INVENTORY,
    "wrong_price": "PricingError",
    "other": "GeneralAdjustment",
}
"""ASSUMED: which codes amazon.sa takes is not published."""

_ACKNOWLEDGEMENT = ("order-id", "amazon-order-item-code", "cancellation-reason-code")
_ADJUSTMENT = (
    "order-id",
    "order-item-id",
    "currency",
    "adjustment-reason-code",
    "item-price-adj",
)


@dataclass(frozen=True)
class Adjustment:
    """A refund of one order item: an amount with its tax, as text."""

    order_id: str
    item_id: str
    currency: str
    reason: str
    amount: str


@dataclass(frozen=True)
class Issue:
    """One complaint in a feed's result."""

    record: str
    code: str
    severity: str
    message: str

    @property
    def is_error(self) -> bool:
        return self.severity.casefold() not in ("warning", "info")


@dataclass(frozen=True)
class FlatResult:
    """What a feed's result says."""

    processed: int | None
    accepted: int | None
    issues: tuple[Issue, ...]


def cancellations(order_id: str, item_ids: Iterable[str], reason: str) -> bytes:
    """Cancels whole order items: units cannot be named."""
    return _file(_ACKNOWLEDGEMENT, ((order_id, item_id, reason) for item_id in item_ids))


def adjustments(rows: Iterable[Adjustment]) -> bytes:
    """Refunds amounts of order items."""
    return _file(
        _ADJUSTMENT, ((r.order_id, r.item_id, r.currency, r.reason, r.amount) for r in rows)
    )


def result_of(content: bytes) -> FlatResult:
    """Reads a result: counts in a summary, then complaints under a heading line, by its names."""
    text = content.decode("utf-8", "replace")
    rows = [[cell.strip() for cell in line.split("\t")] for line in text.splitlines()]
    names: Sequence[str] = ()
    issues = []
    for row in rows:
        if "error-code" in row:
            names = row
        elif names and any(row):
            cell = dict(zip(names, row, strict=False))
            issues.append(
                Issue(
                    record=cell.get("original-record-number", ""),
                    code=cell.get("error-code", ""),
                    severity=cell.get("error-type", ""),
                    message=cell.get("error-message", ""),
                )
            )
    return FlatResult(
        processed=_count(rows, "records processed"),
        accepted=_count(rows, "records successful"),
        issues=tuple(issues),
    )


def _count(rows: Iterable[Sequence[str]], label: str) -> int | None:
    for row in rows:
        cells = [cell for cell in row if cell]
        if len(cells) > 1 and cells[0].casefold().endswith(label) and cells[-1].isdecimal():
            return int(cells[-1][:12])
    return None


def _file(names: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    # Ids and codes hold no tab; what does is not one, and must not make another column.
    cells = ([_cell(cell) for cell in row] for row in (names, *rows))
    return "".join("\t".join(row) + "\r\n" for row in cells).encode()


def _cell(text: str) -> str:
    return "".join(c for c in text if c.isprintable())
