"""Invoice numbers: one order each, and the same at the ERP as in the tables."""

from collections import defaultdict
from collections.abc import Iterator

from sandbox.judge.erp_book import ErpBook
from sandbox.judge.tables import Orders

Key = tuple[str, str]


def problems(tables: Orders, book: ErpBook | None) -> Iterator[tuple[Key, str]]:
    """Yields the order and a sentence for every number that stands where it should not."""
    in_tables: dict[str, set[Key]] = defaultdict(set)
    for key, found in tables.items():
        for order in found:
            for parcel in order.parcels:
                if parcel["invoice_number"]:
                    in_tables[parcel["invoice_number"]].add(key)
    yield from _shared("in the tables", in_tables)
    if book is None:
        return
    yield from _shared("at the ERP", book.invoices)
    for number, keys in in_tables.items():
        for key in keys:
            if key not in book.invoices.get(number, set()):
                yield key, f"invoice number {number} in the tables is not this order's at the ERP"


def _shared(where: str, numbers: dict[str, set[Key]]) -> Iterator[tuple[Key, str]]:
    for number, keys in numbers.items():
        for key in sorted(keys) if len(keys) > 1 else ():
            others = ", ".join("/".join(other) for other in sorted(keys - {key}))
            yield key, f"invoice number {number} stands {where} under {others} as well"
