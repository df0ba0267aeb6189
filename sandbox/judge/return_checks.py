"""What customers sent back: in the tables and at the ERP as the marketplace settled it."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from sandbox.judge.erp_book import Entry
from sandbox.judge.expected import ExpectedOrder, ExpectedReturn
from sandbox.judge.faults import differs
from sandbox.judge.tables import ActualOrder, Row

REQUESTED = "order.return_requested"
CLOSED = "order.return_closed"
SETTLED = frozenset({"accepted", "rejected", "cancelled"})


def in_tables(expected: ExpectedOrder, actual: ActualOrder) -> Iterator[str]:
    """Yields a sentence for every return that is missing, too many, or stands elsewhere."""
    wanted = {each.return_id: each for each in expected.returns}
    found = {row["return_id"]: row for row in actual.returns}
    yield from _presence("in the tables", wanted, set(found))
    for return_id in wanted.keys() & found.keys():
        yield from _return(wanted[return_id], found[return_id])


def at_erp(expected: ExpectedOrder, entry: Entry) -> Iterator[str]:
    """Yields a sentence for everything about returns that the ERP was not told, or told wrong."""
    wanted = {each.return_id: each for each in expected.returns}
    booked = {each["return_id"]: each["state"] for each in entry["returns"]}
    asked, closed = (_ids_of(entry, kind) for kind in (REQUESTED, CLOSED))
    yield from _presence("at the ERP", wanted, set(booked) | set(asked) | set(closed))
    for return_id, each in wanted.items():
        if asked[return_id] != 1 and return_id in booked:
            yield f"the ERP got {REQUESTED} of return {return_id} {asked[return_id]} times"
        if each.state in SETTLED:
            if return_id in booked:
                yield from differs(f"ERP return {return_id}", each.state, booked[return_id])
            if not closed[return_id]:
                yield f"return {return_id} is {each.state}, and the ERP got no {CLOSED}"


def _return(expected: ExpectedReturn, row: Row) -> Iterator[str]:
    name = f"return {expected.return_id}"
    yield from differs(f"{name} state", expected.state, row["state"])
    items = {item["item_id"]: item["state"] for item in json.loads(row["items"])}
    yield from differs(f"{name} items", expected.items, items)
    yield from differs(f"{name} units", len(expected.items), row["units"])


def _presence(where: str, wanted: Mapping[str, ExpectedReturn], found: set[str]) -> Iterator[str]:
    for return_id in sorted(wanted.keys() - found):
        yield f"return {return_id} is missing {where}"
    for return_id in sorted(found - wanted.keys()):
        yield f"return {return_id} stands {where}, the marketplace never had it"


def _ids_of(entry: Entry, kind: str) -> Counter[str]:
    """How many different events of a kind the ERP took, by return."""
    ids = {(e["return_id"], e["event_id"]) for e in entry["events"] if e["kind"] == kind}
    return Counter(return_id for return_id, _ in ids)
