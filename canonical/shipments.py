"""Which of the internal systems' `ship` commands is about which parcel.

They name parcels and lines as they knew them. After a split the parcels are others and the lines'
ids may be new: SKU and quantity remain, and what was begun for a parcel stays with it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from canonical.commands import ShipLine
from canonical.states import DEAD
from canonical.view import OrderView, ParcelView
from canonical.wishes import ShipWish


def shipments(view: OrderView) -> Mapping[str, ShipWish]:
    """The wish for each parcel that has one, by parcel id; of whole parcels the newest counts."""
    found: dict[str, ShipWish] = {}
    taken: set[str] = set()
    for wish in view.wishes.ship:
        if not wish.lines:
            mine = (p for p in view.parcels if wish.parcel_id in (None, p.parcel_id))
            found.update({p.parcel_id: wish for p in mine})
            continue
        parcel = _of_lines(view, wish, taken)
        if parcel is not None:
            taken.add(parcel.parcel_id)
            found[parcel.parcel_id] = wish
    return found


def nowhere(view: OrderView, wish: ShipWish) -> str | None:
    """Why the wish can be about no parcel that was ever heard of, or None where it can."""
    known = {x for p in view.parcels for x in (p.parcel_id, *p.origin_parcel_ids)}
    if wish.parcel_id is not None and wish.parcel_id not in known:
        return f"the order has no parcel {wish.parcel_id}"
    asked = _asked(view, wish)
    if asked is None:
        return "it names a line that the order does not have"
    most = sum((_held(p) for p in view.parcels), Counter[str]())
    lacking = next((sku for sku, units in asked.items() if units > most[sku]), None)
    return None if lacking is None else f"the order has {most[lacking]} units of {lacking}, no more"


def is_whole(view: OrderView, parcel: ParcelView, wish: ShipWish) -> bool:
    """Whether the wish is about all that the parcel holds."""
    return not wish.lines or _asked(view, wish) == _held(parcel)


def lines_within(view: OrderView, parcel: ParcelView, wanted: Iterable[ShipLine]) -> list[ShipLine]:
    """The same units by the parcel's own line ids, as far as it holds them."""
    room = {x.line_id: x.quantity for x in parcel.lines}
    skus = skus_by_line(view)
    found: Counter[str] = Counter()
    for line in wanted:
        left = line.quantity
        for own in _candidates(parcel, line.line_id, skus):
            units = min(left, room[own])
            if units:
                found[own] += units
                room[own] -= units
                left -= units
    return [ShipLine(line_id=key, quantity=n) for key, n in found.items()]


def skus_by_line(view: OrderView) -> Mapping[str, str]:
    """The SKU of every line id that any parcel of the order ever had."""
    return {x.line_id: x.channel_sku for p in view.parcels for x in p.lines}


def _candidates(parcel: ParcelView, line_id: str, skus: Mapping[str, str]) -> list[str]:
    """The line itself; where the parcel does not know its id, lines of the same SKU."""
    own = [x.line_id for x in parcel.lines]
    if line_id in own:
        return [line_id]
    sku = skus.get(line_id)
    return [x.line_id for x in parcel.lines if sku is not None and x.channel_sku == sku]


def _of_lines(view: OrderView, wish: ShipWish, taken: set[str]) -> ParcelView | None:
    asked = _asked(view, wish)
    if asked is None:
        return None
    fit = [
        p
        for p in view.parcels
        if p.state not in DEAD
        and p.parcel_id not in taken
        and (wish.parcel_id in (None, p.parcel_id) or wish.parcel_id in p.origin_parcel_ids)
    ]
    exact = [p for p in fit if _held(p) == asked]
    begun = [p for p in exact if _is_begun(view, p)]
    larger = [p for p in fit if asked <= _held(p)]
    return next(iter((*begun, *exact, *larger)), None)


def _asked(view: OrderView, wish: ShipWish) -> Counter[str] | None:
    """Units by SKU; None where a line is known to no parcel."""
    skus = skus_by_line(view)
    units: Counter[str] = Counter()
    for line in wish.lines:
        if line.line_id not in skus:
            return None
        units[skus[line.line_id]] += line.quantity
    return units


def _held(parcel: ParcelView) -> Counter[str]:
    units: Counter[str] = Counter()
    for line in parcel.lines:
        units[line.channel_sku] += line.quantity
    return units


def _is_begun(view: OrderView, parcel: ParcelView) -> bool:
    names = (f"{what}/{parcel.parcel_id}" for what in ("ready", "ship", "otherwise"))
    return any(view.effect(name) is not None for name in names)
