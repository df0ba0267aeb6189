"""Joining what an event says with what is already known of the order. Pure.

The result does not depend on the order in which events arrive, nor on how often they do: parcels
and returns go by version, lines by the most that a first parcel ever held, the rest by the newest
parcel.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from canonical import returns
from canonical.order import Line, Order, Parcel
from canonical.returned import returned_units
from canonical.returns import Return
from canonical.states import DEAD, SHIPPED_OR_BEYOND, can_reach


@dataclass(frozen=True)
class Merged:
    """The order after an event, and what there is to say about the event."""

    order: Order
    changed: bool
    """False where the event brings nothing that is not known."""
    unexpected: list[str] = field(default_factory=list)
    """Moves that no missed event explains, as sentences; recorded all the same."""


def merge(stored: Order | None, update: Order) -> Merged:
    """Joins an event's order, whole or with some of its parcels, into the stored one.

    A parcel is replaced only by a newer version of itself. Quantities of lines follow from the
    parcels, so that a successor of a split or partly cancelled package never counts twice. News of
    a return alone leave everything but returns as it is.
    """
    if stored is None:
        return Merged(order=_settled(update), changed=True)
    known = {p.parcel_id: p for p in stored.parcels}
    fresh = {p.parcel_id: p for p in update.parcels if _is_newer(p, known.get(p.parcel_id))}
    parcels = {**known, **{p.parcel_id: _joined(known.get(p.parcel_id), p) for p in update.parcels}}
    base = update if _is_latest(stored, fresh.values()) else stored
    lines = _joined_lines(stored, update, fresh)
    whole = _tells_all(base, parcels, lines)
    joined = base.model_copy(
        update={
            "placed_at": min(stored.placed_at, update.placed_at),
            "parcels": tuple(parcels.values()),
            "lines": lines,
            "returns": _joined_returns(stored, update),
            **_filled_addresses(base, stored if base is update else update),
            "stated_payable": base.stated_payable if whole else None,
            "payment": base.payment
            if whole
            else base.payment.model_copy(update={"to_collect": None}),
        }
    )
    settled = _settled(joined)
    return Merged(
        order=settled,
        changed=settled != stored,
        unexpected=[
            f"parcel {p.parcel_id} went from {known[p.parcel_id].state} to {p.state}"
            f" ({p.channel_status})"
            for p in fresh.values()
            if p.parcel_id in known and not can_reach(known[p.parcel_id].state, p.state)
        ],
    )


def _joined_returns(stored: Order, update: Order) -> tuple[Return, ...]:
    known = {x.return_id: x for x in stored.returns}
    for other in update.returns:
        mine = known.get(other.return_id)
        known[other.return_id] = returns.joined(mine, other) if mine else other
    return tuple(known[key] for key in sorted(known))


def _filled_addresses(base: Order, other: Order) -> dict[str, object]:
    """A blank address is no news: some marketplaces fill it in later, under the same version."""
    filled: dict[str, object] = {}
    if base.ship_to.is_blank and not other.ship_to.is_blank:
        filled["ship_to"] = other.ship_to
    if base.bill_to.is_blank and not other.bill_to.is_blank:
        filled["bill_to"] = other.bill_to
    return filled


def _is_newer(parcel: Parcel, known: Parcel | None) -> bool:
    return known is None or parcel.version > known.version


def _joined(known: Parcel | None, other: Parcel) -> Parcel:
    """The newer of two versions. A dead parcel keeps, at quantity 0, lines that have left it.

    Without them nobody could tell later whether a line that is in no parcel any more was the
    order's own or a successor's.
    """
    if known is None:
        return other
    newer, older = (other, known) if _is_newer(other, known) else (known, other)
    there = {x.line_id for x in newer.lines}
    left = [x.model_copy(update={"quantity": 0}) for x in older.lines if x.line_id not in there]
    if newer.state not in DEAD or not left:
        return newer
    lines = sorted((*newer.lines, *left), key=lambda x: (x.quantity == 0, _by_size(x.line_id)))
    return newer.model_copy(update={"lines": tuple(lines)})


def _is_latest(stored: Order, fresh: Iterable[Parcel]) -> bool:
    """Addresses and the like are taken from the newest event, whichever parcel it is about."""
    newest = max((_age(p) for p in stored.parcels), default=(-1, ""))
    return any(_age(p) >= newest for p in fresh)


def _age(parcel: Parcel) -> tuple[int, str]:
    """By version; two parcels of one moment, as a split makes them, go by id."""
    return parcel.version, parcel.parcel_id


def _tells_all(base: Order, parcels: dict[str, Parcel], lines: Iterable[Line]) -> bool:
    """Whether the totals of the event in `base` are those of the whole order."""
    told = {line.line_id: line.ordered for line in base.lines}
    return {p.parcel_id for p in base.parcels} == parcels.keys() and told == {
        line.line_id: line.ordered for line in lines
    }


def _joined_lines(stored: Order, update: Order, fresh: dict[str, Parcel]) -> tuple[Line, ...]:
    """Ordered quantities and money are those of first parcels; successors only fill gaps.

    A first parcel may shrink when part of it is cancelled, so the most that was ever seen of a line
    counts, also where that news is late: a successor never holds more than the first.
    """
    first_fresh = _ids_in(p for p in fresh.values() if not p.origin_parcel_ids)
    of_first = first_fresh | _ids_in(p for p in stored.parcels if not p.origin_parcel_ids)
    lines = {line.line_id: line for line in stored.lines}
    for line in update.lines:
        known = lines.get(line.line_id)
        if known is None or _says_more(line, known, line.line_id in first_fresh, of_first):
            item_id = line.item_id or (known.item_id if known else None)
            lines[line.line_id] = line.model_copy(update={"item_id": item_id})
    return tuple(lines.values())


def _says_more(line: Line, known: Line, is_news: bool, of_first: set[str]) -> bool:
    if line.ordered != known.ordered:
        return line.ordered > known.ordered
    if line.line_id in of_first:
        return is_news
    # Two successors share a line and neither is the first: either will do, but always the same.
    return line.line_payable.amount > known.line_payable.amount


def _ids_in(parcels: Iterable[Parcel]) -> set[str]:
    return {part.line_id for parcel in parcels for part in parcel.lines}


def _settled(order: Order) -> Order:
    """Parcels and lines in an order of their own, and each line's quantities from the parcels."""
    parcels = tuple(sorted(order.parcels, key=_by_descent))
    home = _home_lines(parcels, order.lines)
    live: dict[str, int] = {}
    shipped: dict[str, int] = {}
    for parcel in parcels:
        for part in parcel.lines:
            line_id = home.get((parcel.parcel_id, part.line_id), part.line_id)
            if parcel.state not in DEAD:
                live[line_id] = live.get(line_id, 0) + part.quantity
            if parcel.state in SHIPPED_OR_BEYOND:
                shipped[line_id] = shipped.get(line_id, 0) + part.quantity
    moved_away = {old for (_, old), new in home.items() if old != new}
    own = [line for line in order.lines if line.line_id not in moved_away]
    own.sort(key=lambda line: _by_size(line.line_id))
    returned = returned_units(own, parcels, order.returns, home, shipped)
    lines = [
        line.model_copy(
            update={
                "cancelled": max(line.ordered - live.get(line.line_id, 0), 0),
                "shipped": shipped.get(line.line_id, 0),
                "returned": returned[line.line_id],
            }
        )
        for line in own
    ]
    return order.model_copy(update={"parcels": parcels, "lines": tuple(lines)})


def _by_descent(parcel: Parcel) -> tuple[bool, int, str]:
    """First parcels before their successors."""
    return bool(parcel.origin_parcel_ids), *_by_size(parcel.parcel_id)


def _by_size(number: str) -> tuple[int, str]:
    """Numbers and positions in the order in which they were given out."""
    return len(number), number


def _home_lines(parcels: Sequence[Parcel], lines: Iterable[Line]) -> dict[tuple[str, str], str]:
    """(parcel, its line id) -> the order's line id, for successors whose line ids are new.

    Whether line ids survive a split is not promised by marketplaces; SKU and quantity remain.
    Where several lines have one SKU, live successors fill them up one after the other.
    """
    of_first = _ids_in(p for p in parcels if not p.origin_parcel_ids)
    only_later = _ids_in(p for p in parcels if p.origin_parcel_ids) - of_first
    # What stands in no parcel has left a live one, and such are first ones as a rule.
    own = sorted(
        (x for x in lines if x.line_id not in only_later), key=lambda x: _by_size(x.line_id)
    )
    room = {line.line_id: line.ordered for line in own}
    live = [p for p in parcels if p.state not in DEAD]
    for part in (part for parcel in live for part in parcel.lines):
        if part.line_id in room:
            room[part.line_id] -= part.quantity
    home: dict[tuple[str, str], str] = {}
    for parcel in parcels:
        for part in parcel.lines:
            same = [x.line_id for x in own if x.channel_sku == part.channel_sku]
            if part.line_id not in only_later or not same:
                continue
            best = min(same, key=lambda x: _misfit(room[x], part.quantity))
            home[parcel.parcel_id, part.line_id] = best
            if parcel.state not in DEAD:
                room[best] -= part.quantity
    return home


def _misfit(room: int, quantity: int) -> tuple[bool, bool]:
    """An exact fit before one with room to spare before none."""
    return room != quantity, room < quantity
