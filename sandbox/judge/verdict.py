"""Holds expectation, tables and the ERP's book against each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.judge import erp_checks, invoices, marketplace_checks, order_checks
from sandbox.judge.erp_book import ErpBook
from sandbox.judge.expected import Expectation, ExpectedOrder
from sandbox.judge.faults import Fault, Kind
from sandbox.judge.happened import happened
from sandbox.judge.tables import ActualOrder, Orders

DETAILS = 20


@dataclass(frozen=True)
class Verdict:
    """What the judge found."""

    expectation: Expectation
    faults: tuple[Fault, ...]
    finished: int
    attention: int
    book: ErpBook | None

    @property
    def clean(self) -> bool:
        """Nothing lost, doubled or wrong, and every order finished on both sides."""
        return not self.faults and self.finished == len(self.expectation.orders)

    def count(self, kind: Kind) -> int:
        """How many orders have a fault of this kind."""
        return len({(f.account, f.order_id) for f in self.faults if f.kind == kind})

    def as_json(self) -> dict[str, Any]:
        """The verdict as one JSON object."""
        verdict: dict[str, Any] = {
            "orders": {
                "placed": len(self.expectation.orders),
                "finished": self.finished,
                "lost": self.count("lost"),
                "duplicated": self.count("duplicated"),
                "wrong": self.count("wrong"),
                "attention": self.attention,
            },
            "wrong_details": [str(fault) for fault in self.faults[:DETAILS]],
            "throttled_calls": self.expectation.throttled_calls,
            "hooks": self.expectation.hooks,
            "happened": happened(self.expectation.orders.values()),
            "quota_floor_seconds": self.expectation.quota_floor_seconds,
        }
        if self.book is not None:
            told, again = len(self.book.orders), self.book.duplicates
            verdict["erp"] = {"orders": told, "duplicate_deliveries": again}
        return verdict


def judge(expectation: Expectation, tables: Orders, book: ErpBook | None = None) -> Verdict:
    """Finds every difference. Pure.

    Args:
        expectation: What the marketplace's ledger says.
        tables: What the platform holds of the same accounts.
        book: What the ERP was told, if that is to be judged too.
    """
    finished = sum(
        order.finished
        and len(tables.get(key, ())) == 1
        and order_checks.same_state(order, tables[key][0])
        for key, order in expectation.orders.items()
    )
    rows = [order.row for found in tables.values() for order in found]
    return Verdict(
        expectation=expectation,
        faults=tuple(_faults(expectation, tables, book)),
        finished=finished,
        attention=sum(bool(row["attention"]) for row in rows),
        book=book,
    )


def _faults(expectation: Expectation, tables: Orders, book: ErpBook | None) -> Iterator[Fault]:
    def fault(key: tuple[str, str], kind: Kind, what: str) -> Fault:
        return Fault(kind, expectation.channel, *key, what)

    for key, order in expectation.orders.items():
        for kind, what in _of_order(order, tables.get(key, []), book):
            yield fault(key, kind, what)
    for key, what in invoices.problems(tables, book):
        yield fault(key, "wrong", what)
    for key in sorted(set(tables) - set(expectation.orders)):
        yield fault(key, "wrong", "it is in the tables, the marketplace never had it")
    for key in sorted(set(book.orders if book else ()) - set(expectation.orders)):
        yield fault(key, "wrong", "the ERP has it, the marketplace never had it")


def _of_order(
    expected: ExpectedOrder, rows: list[ActualOrder], book: ErpBook | None
) -> Iterator[tuple[Kind, str]]:
    for what in marketplace_checks.problems(expected):
        yield "wrong", what
    if not rows:
        yield "lost", f"it was placed at {expected.placed_at:%H:%M:%S} UTC and is not in the tables"
        return
    if len(rows) > 1:
        yield "duplicated", f"it has {len(rows)} rows in `orders`"
    for what in order_checks.problems(expected, rows[0]):
        yield "wrong", what
    if book is None:
        return
    entries = book.orders.get(expected.key, [])
    received = erp_checks.event_ids(entries).get(erp_checks.RECEIVED, set())
    if len(received) > 1:
        ids = ", ".join(sorted(received))
        yield "duplicated", f"the ERP got it as new under {len(received)} event ids: {ids}"
    waits = any(order.row["attention"] for order in rows)
    for what in erp_checks.problems(expected, entries, waits=waits):
        yield "wrong", what
