"""What the ERP was told of one order: each step once, with the right figures."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from sandbox.judge import return_checks
from sandbox.judge.erp_book import Entry
from sandbox.judge.expected import ExpectedLine, ExpectedOrder
from sandbox.judge.faults import differs
from sandbox.judge.order_checks import FATES

RECEIVED = "order.received"
RELEASED = "order.released"
CANCELLED = "order.cancelled"
CHANGED = "order.changed"


def problems(expected: ExpectedOrder, entries: list[Entry], *, waits: bool) -> Iterator[str]:
    """Yields a sentence for everything that is wrong at the ERP.

    Args:
        expected: What really happened.
        entries: The ERP's entries of the order; none where it was not told.
        waits: Whether the order stands under an attention: then it may not be told yet.
    """
    if not entries:
        if expected.state != "cancelled" and not waits:
            yield f"the ERP was not told of it ({RECEIVED} is missing)"
        return
    if len(entries) > 1:
        yield f"the ERP has it {len(entries)} times"
    told = event_ids(entries)
    yield from _steps(expected, told, lived_on=any(_lived_on(entry) for entry in entries))
    yield from _figures(expected, entries[0])
    yield from _reservations(expected, entries[0])
    yield from return_checks.at_erp(expected, entries[0])


def event_ids(entries: list[Entry]) -> dict[str, set[str]]:
    """Ids of the events that the ERP took, by kind."""
    told: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for event in entry["events"]:
            told[event["kind"]].add(event["event_id"])
    return told


def _lived_on(entry: Entry) -> bool:
    """Whether the ERP was told after the cancellation that a successor carries the order on."""
    kinds = [event["kind"] for event in entry["events"]]
    return CANCELLED in kinds and CHANGED in kinds[kinds.index(CANCELLED) :]


def _steps(expected: ExpectedOrder, told: dict[str, set[str]], *, lived_on: bool) -> Iterator[str]:
    if not told.get(RECEIVED):
        yield f"the ERP got no {RECEIVED}"
    for kind in (RELEASED, CANCELLED):
        ids = told.get(kind, set())
        if len(ids) > 1:
            yield f"the ERP got {kind} under {len(ids)} event ids: {', '.join(sorted(ids))}"
    if expected.for_information:
        for kind in (RELEASED, CANCELLED):
            if told.get(kind):
                yield f"the marketplace fulfils it, and the ERP got {kind}"
        return
    if expected.made_ready and not told.get(RELEASED):
        yield f"it was packed and invoiced, and the ERP got no {RELEASED}"
    if not expected.finished:
        return
    if expected.state == "cancelled" and not told.get(CANCELLED):
        yield f"it was cancelled, and the ERP got no {CANCELLED}"
    if expected.state != "cancelled" and told.get(CANCELLED) and not lived_on:
        yield f"the ERP got {CANCELLED}, and it is {expected.state}"


def _reservations(expected: ExpectedOrder, entry: Entry) -> Iterator[str]:
    """A successor may be heard of first, with line ids of its own; it is no second order."""
    held = entry["reservations"]
    if len(held) != (0 if expected.for_information else 1):
        yield f"the ERP reserved the goods {len(held)} times"
    ordered = sum(line.ordered for line in expected.lines)
    for lines in held:
        if sum(lines.values()) > ordered:
            yield f"the ERP reserved {sum(lines.values())} units, {ordered} were ordered"
    known = {x.line_id for x in expected.lines} | {x for p in expected.parcels for x in p.lines}
    strange = {line_id for lines in held for line_id in lines} - known
    if strange:
        yield f"the ERP reserved for lines that the order has not: {', '.join(sorted(strange))}"


def _figures(expected: ExpectedOrder, entry: Entry) -> Iterator[str]:
    yield from differs("ERP currency", expected.currency, entry["currency"])
    sums = {
        "gross": expected.sum_of("gross"),
        "discount": expected.discount,
        "payable": expected.payable,
        "vat": expected.vat,
    }
    for name, amount in sums.items():
        yield from differs(f"ERP {name}", amount, Decimal(entry[name]))
    if expected.finished:
        yield from differs("ERP state", expected.state, entry["state"])
    yield from _lines(expected, entry)


def _lines(expected: ExpectedOrder, entry: Entry) -> Iterator[str]:
    # What became of the units must be known once the order is finished, not before.
    told_apart = expected.finished and not any(line.twins for line in expected.lines)
    fields = ("ordered", *FATES) if told_apart else ("ordered",)
    booked = {line["line_id"]: {f: line[f] for f in fields} for line in entry["lines"]}
    wanted = {line.line_id: _quantities(line, fields) for line in expected.lines}
    yield from differs("ERP quantities by line", wanted, booked)
    if expected.finished and expected.state != "cancelled":
        for line in entry["lines"]:
            if not line["item_id"]:
                yield f"the ERP does not know which item line {line['line_id']} is"
    if len(entry["lines"]) != len(booked):
        yield "the ERP has one of its lines twice"


def _quantities(line: ExpectedLine, fields: tuple[str, ...]) -> dict[str, int]:
    return {name: getattr(line, name) for name in fields}
