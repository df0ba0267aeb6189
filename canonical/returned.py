"""How many units of each line came back: from parcels and from returns, none of them twice."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from canonical.order import Line, Parcel
from canonical.returns import Return, ReturnItem, ReturnState
from canonical.states import SHIPPED_OR_BEYOND, ParcelState


def returned_units(
    lines: Sequence[Line],
    parcels: Iterable[Parcel],
    returns: Iterable[Return],
    home: Mapping[tuple[str, str], str],
    shipped: Mapping[str, int],
) -> Counter[str]:
    """Units that came back, by the order's own line ids; never more than were shipped.

    A parcel that came back whole counts whole, and accepted items of it count no more. Items of
    which nobody says in which parcel they went count only beyond what came back in parcels.

    Args:
        lines: The order's lines.
        parcels: All its parcels.
        returns: All its returns.
        home: (parcel, its line id) -> the order's line id, where they differ.
        shipped: Units shipped, by line.
    """
    by_id = {p.parcel_id: p for p in parcels}
    in_parcels: Counter[str] = Counter()
    for parcel in by_id.values():
        if parcel.state is ParcelState.RETURNED:
            for part in parcel.lines:
                in_parcels[home.get((parcel.parcel_id, part.line_id), part.line_id)] += (
                    part.quantity
                )
    sure: Counter[str] = Counter()
    unsure: Counter[str] = Counter()
    for item in _accepted(returns):
        line_id = _line_of(item, lines, home, shipped, sure + unsure)
        parcel_of = by_id.get(item.parcel_id)
        if line_id is None or (parcel_of and parcel_of.state is ParcelState.RETURNED):
            continue
        known = parcel_of is not None and parcel_of.state in SHIPPED_OR_BEYOND
        (sure if known else unsure)[line_id] += item.quantity
    beyond = unsure - in_parcels
    everything = in_parcels + sure + beyond
    return Counter({k: min(n, shipped.get(k, 0)) for k, n in everything.items()})


def _accepted(returns: Iterable[Return]) -> list[ReturnItem]:
    """In an order of their own, so that the result does not depend on who came first."""
    items = {
        (x.return_id, item.item_id): item
        for x in returns
        for item in x.items
        if item.state is ReturnState.ACCEPTED
    }
    return [items[key] for key in sorted(items)]


def _line_of(
    item: ReturnItem,
    lines: Sequence[Line],
    home: Mapping[tuple[str, str], str],
    shipped: Mapping[str, int],
    taken: Counter[str],
) -> str | None:
    """The order's line: by the parcel's line id, by its own, or by SKU where there is room."""
    known = {line.line_id for line in lines}
    line_id = home.get((item.parcel_id, item.line_id), item.line_id)
    if line_id in known:
        return line_id
    same = [line.line_id for line in lines if line.channel_sku == item.channel_sku]
    roomy = (x for x in same if shipped.get(x, 0) - taken[x] >= item.quantity)
    return next(roomy, same[0] if same else None)
