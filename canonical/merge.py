"""Joining what an event says with what is already known of the order. Pure."""

from dataclasses import dataclass, field

from canonical.order import Line, Order, Parcel
from canonical.states import DEAD, SHIPPED_OR_BEYOND, ParcelState, can_reach


@dataclass(frozen=True)
class Merged:
    """The order after an event, and what there is to say about the event."""

    order: Order
    changed: bool
    """False where every parcel of the event is known in this version or a newer one."""
    unexpected: list[str] = field(default_factory=list)
    """Moves that no missed event explains, as sentences; recorded all the same."""


def merge(stored: Order | None, update: Order) -> Merged:
    """Joins an event's order, whole or with some of its parcels, into the stored one.

    A parcel is replaced only by a newer version of itself. Quantities of lines follow from the
    parcels, so that a successor of a split or partly cancelled package never counts twice.
    """
    if stored is None:
        return Merged(order=_recounted(update), changed=True)
    parcels = {p.parcel_id: p for p in stored.parcels}
    fresh: list[Parcel] = []
    unexpected: list[str] = []
    for parcel in update.parcels:
        known = parcels.get(parcel.parcel_id)
        if known and known.version >= parcel.version:
            continue
        if known and not can_reach(known.state, parcel.state):
            unexpected.append(
                f"parcel {parcel.parcel_id} went from {known.state} to {parcel.state}"
                f" ({parcel.channel_status})"
            )
        parcels[parcel.parcel_id] = parcel
        fresh.append(parcel)
    if not fresh:
        return Merged(order=stored, changed=False)
    base = update if _is_latest(stored, fresh) else stored
    joined = base.model_copy(
        update={
            "placed_at": min(stored.placed_at, update.placed_at),
            "parcels": tuple(parcels.values()),
            "lines": _joined_lines(stored, update),
            "stated_payable": base.stated_payable if len(parcels) == 1 else None,
        }
    )
    return Merged(order=_recounted(joined), changed=True, unexpected=unexpected)


def _is_latest(stored: Order, fresh: list[Parcel]) -> bool:
    """Addresses and the like are taken from the newest event, whichever parcel it is about."""
    newest = max((p.version for p in stored.parcels), default=-1)
    return any(p.version >= newest for p in fresh)


def _joined_lines(stored: Order, update: Order) -> tuple[Line, ...]:
    """Ordered quantities and money are those of first parcels; successors only fill gaps."""
    first_ids = {pl.line_id for p in update.parcels if not p.origin_parcel_ids for pl in p.lines}
    lines = {line.line_id: line for line in stored.lines}
    for line in update.lines:
        known = lines.get(line.line_id)
        if known is None or line.line_id in first_ids:
            item = line.item_id or (known.item_id if known else None)
            lines[line.line_id] = line.model_copy(update={"item_id": item})
    return tuple(lines.values())


def _recounted(order: Order) -> Order:
    """Sets each line's cancelled, shipped and returned quantities from the parcels."""
    home = _home_lines(order)
    live: dict[str, int] = {}
    shipped: dict[str, int] = {}
    returned: dict[str, int] = {}
    for parcel in order.parcels:
        for part in parcel.lines:
            line_id = home.get((parcel.parcel_id, part.line_id), part.line_id)
            if parcel.state not in DEAD:
                live[line_id] = live.get(line_id, 0) + part.quantity
            if parcel.state in SHIPPED_OR_BEYOND:
                shipped[line_id] = shipped.get(line_id, 0) + part.quantity
            if parcel.state is ParcelState.RETURNED:
                returned[line_id] = returned.get(line_id, 0) + part.quantity
    moved_away = {old for (_, old), new in home.items() if old != new}
    lines = tuple(
        line.model_copy(
            update={
                "cancelled": max(line.ordered - live.get(line.line_id, 0), 0),
                "shipped": shipped.get(line.line_id, 0),
                "returned": returned.get(line.line_id, 0),
            }
        )
        for line in order.lines
        if line.line_id not in moved_away
    )
    return order.model_copy(update={"lines": lines})


def _home_lines(order: Order) -> dict[tuple[str, str], str]:
    """(parcel, its line id) -> the order's line id, for successors whose line ids are new.

    Whether line ids survive a split is not promised by marketplaces; the SKU is what remains.
    """
    firsts = {pl.line_id: pl for p in order.parcels if not p.origin_parcel_ids for pl in p.lines}
    by_sku = {pl.channel_sku: pl.line_id for pl in reversed(firsts.values())}
    home: dict[tuple[str, str], str] = {}
    for parcel in order.parcels:
        if not parcel.origin_parcel_ids:
            continue
        for part in parcel.lines:
            if part.line_id not in firsts and part.channel_sku in by_sku:
                home[(parcel.parcel_id, part.line_id)] = by_sku[part.channel_sku]
    return home
