"""The ERP's book as the judge reads it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

Entry = dict[str, Any]


@dataclass(frozen=True)
class ErpBook:
    """What the ERP heard, of one channel."""

    orders: dict[tuple[str, str], list[Entry]]
    """By (account, order id); the ERP's own key is the order, so more than one is a fault."""
    invoices: dict[str, set[tuple[str, str]]]
    """The orders under which each invoice number stands."""

    @property
    def duplicates(self) -> int:
        """Events that came again under an id already booked; harmless."""
        return sum(entry["duplicates"] for found in self.orders.values() for entry in found)


def read(book: dict[str, Any], channel: str) -> ErpBook:
    """Reads the answer of the ERP's `GET /book`."""
    orders: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    invoices: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for entry in book["orders"]:
        if entry["channel"] != channel:
            continue
        key = (entry["account"], entry["order_id"])
        orders[key].append(entry)
        for number in _invoice_numbers(entry):
            invoices[number].add(key)
    return ErpBook(dict(orders), dict(invoices))


def _invoice_numbers(entry: Entry) -> set[str]:
    numbers = {command["body"].get("invoice_number") for command in entry["commands"]}
    return {number for number in (*numbers, entry["invoice_number"]) if number}
