"""One order, field by field: what was placed and happened against what the tables hold."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sandbox.judge import return_checks
from sandbox.judge.expected import ExpectedLine, ExpectedOrder, ExpectedParcel
from sandbox.judge.faults import differs
from sandbox.judge.tables import ActualOrder, Row

LINE_FIELDS = {
    "ordered": "ordered",
    "unit_price": "unit_price",
    "line_gross": "gross",
    "discount_seller": "discount_seller",
    "discount_marketplace": "discount_marketplace",
    "line_payable": "payable",
    "tax_rate": "tax_rate",
    "vat": "vat",
}
"""Column of `order_lines` -> field of the expected line."""

FATES = ("cancelled", "shipped", "returned")
"""What became of a line's units."""


def problems(expected: ExpectedOrder, actual: ActualOrder) -> Iterator[str]:
    """Yields a sentence for everything that differs."""
    yield from _head(expected, actual.row)
    yield from _lines(expected, actual.lines)
    yield from _parcels(expected, actual)
    yield from return_checks.in_tables(expected, actual)


def same_state(expected: ExpectedOrder, actual: ActualOrder) -> bool:
    """Whether order and parcels stand where the marketplace has them."""
    states = {row["parcel_id"]: row["state"] for row in actual.parcels}
    wanted = {parcel.parcel_id: parcel.state for parcel in expected.parcels}
    return bool(actual.row["state"] == expected.state and states == wanted)


def _head(expected: ExpectedOrder, row: Row) -> Iterator[str]:
    yield from differs("state", expected.state, row["state"])
    yield from differs("currency", expected.currency, row["currency"])
    yield from differs("prices_include_tax", True, row["prices_include_tax"])
    if not _same_millisecond(expected.placed_at, row["placed_at"]):
        yield from differs("placed_at", expected.placed_at, row["placed_at"])
    yield from differs("gross", expected.sum_of("gross"), row["gross"])
    yield from differs("discount", expected.discount, row["discount"])
    yield from differs("payable", expected.payable, row["payable"])
    yield from differs("vat", expected.vat, row["vat"])


def _same_millisecond(expected: datetime, actual: Any) -> bool:
    if not isinstance(actual, datetime) or actual.tzinfo is None:
        return False
    return abs(expected - actual) < timedelta(milliseconds=1)


def _lines(expected: ExpectedOrder, rows: list[Row]) -> Iterator[str]:
    wanted = {line.line_id: line for line in expected.lines}
    yield from _presence("line", [row["line_id"] for row in rows], wanted)
    for row in rows:
        if row["line_id"] in wanted:
            yield from _line(wanted[row["line_id"]], row)
    yield from _twins(expected, rows)
    if expected.finished and expected.state != "cancelled":
        for row in rows:
            if not row["item_id"]:
                yield f"line {row['line_id']} is delivered, and nobody knows which item it is"


def _line(expected: ExpectedLine, row: Row) -> Iterator[str]:
    name = f"line {expected.line_id}"
    if row["channel_sku"] not in expected.skus:
        known = " or ".join(sorted(expected.skus))
        yield from differs(f"{name} channel_sku", known, row["channel_sku"])
    for column, field in LINE_FIELDS.items():
        yield from differs(f"{name} {column}", getattr(expected, field), row[column])
    for fate in FATES if not expected.twins else ():
        yield from differs(f"{name} {fate}", getattr(expected, fate), row[fate])


def _twins(expected: ExpectedOrder, rows: list[Row]) -> Iterator[str]:
    for twins in sorted({line.twins for line in expected.lines} - {""}):
        lines = [line for line in expected.lines if line.twins == twins]
        ids = {line.line_id for line in lines}
        for fate in FATES:
            wanted = sum(getattr(line, fate) for line in lines)
            found = sum(row[fate] for row in rows if row["line_id"] in ids)
            yield from differs(f"lines of {twins}, together, {fate}", wanted, found)


def _parcels(expected: ExpectedOrder, actual: ActualOrder) -> Iterator[str]:
    wanted = {parcel.parcel_id: parcel for parcel in expected.parcels}
    yield from _presence("parcel", [row["parcel_id"] for row in actual.parcels], wanted)
    for row in actual.parcels:
        if row["parcel_id"] in wanted:
            yield from _parcel(wanted[row["parcel_id"]], row, actual.parcel_lines)


def _parcel(expected: ExpectedParcel, row: Row, parts: list[Row]) -> Iterator[str]:
    name = f"parcel {expected.parcel_id}"
    yield from differs(f"{name} state", expected.state, row["state"])
    told = {str(origin) for origin in json.loads(row["origin_parcel_ids"] or "[]")}
    yield from differs(f"{name} successor of", set(expected.origins), told)
    quantities: Counter[str] = Counter()
    for part in parts:
        # A line that has left a dead parcel may stand there with nothing in it.
        if part["parcel_id"] == expected.parcel_id and part["quantity"]:
            quantities[part["line_id"]] += part["quantity"]
    yield from differs(f"{name} quantities by line", expected.lines, dict(quantities))


def _presence(what: str, found: list[str], wanted: dict[str, Any]) -> Iterator[str]:
    for name, times in Counter(found).items():
        if name not in wanted:
            yield f"{what} {name} is in the tables, not at the marketplace"
        elif times > 1:
            yield f"{what} {name} is in the tables {times} times"
    for name in wanted:
        if name not in found:
            yield f"{what} {name} is missing in the tables"
