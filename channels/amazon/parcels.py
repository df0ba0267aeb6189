"""An order's units by where they are: waiting, in a package, shipped in none that is shown. Pure.

Amazon counts by order item and shows packages besides. Here each package is a parcel; `rest` holds
what has not left, `shipped` what has left in no package that is shown, as of all FBA orders. Both
stay when they are empty, so that no unit is counted in two places.
"""

from collections import Counter
from collections.abc import Mapping

from canonical.order import Parcel, ParcelLine
from canonical.states import ParcelState
from channels.amazon.wire import Item, Package, WireOrder

REST = "rest"
SHIPPED = "shipped"
EASY_SHIP = "AMAZON_EASY_SHIP"
MERCHANT, AMAZON = "MERCHANT", "AMAZON"

STATES = {
    "PENDING_AVAILABILITY": ParcelState.PENDING,
    "PENDING": ParcelState.PENDING,
    "UNSHIPPED": ParcelState.NEW,
    "PARTIALLY_SHIPPED": ParcelState.NEW,
    "SHIPPED": ParcelState.NEW,
    "CANCELLED": ParcelState.CANCELLED,
    "CANCELED": ParcelState.CANCELLED,
    "UNFULFILLABLE": ParcelState.CANCELLED,
}
"""Of what has not left. The second spelling is that of v0 and of notifications."""

PACKAGES = {
    "IN_TRANSIT": ParcelState.SHIPPED,
    "SHIPPED": ParcelState.SHIPPED,
    "DELIVERED": ParcelState.DELIVERED,
    "UNDELIVERABLE": ParcelState.DELIVERY_FAILED,
    "CANCELLED": ParcelState.CANCELLED,
}
_PENDING = "PENDING"


def is_easy_ship(order: WireOrder) -> bool:
    """Whether Amazon's carrier comes for it."""
    return EASY_SHIP in (p.upper() for p in order.programs)


def is_amazons(order: WireOrder) -> bool:
    """Whether it leaves Amazon's warehouse."""
    return order.fulfillment is not None and order.fulfillment.by.upper() == AMAZON


def rest_state(order: WireOrder) -> ParcelState:
    """The state of what has not left; `UNKNOWN`, never guessed, where a word is not known."""
    told = order.fulfillment
    if told is None or told.by.upper() not in (MERCHANT, AMAZON):
        return ParcelState.UNKNOWN
    return STATES.get(told.status.upper(), ParcelState.UNKNOWN)


def parcels_of(order: WireOrder, version: int, skus: Mapping[str, str]) -> tuple[Parcel, ...]:
    """All parcels of an order, by its one version.

    Args:
        order: As it was read.
        version: Of this state of the order.
        skus: By order item id.
    """
    state = rest_state(order)
    left = Counter({i.item_id: _fulfilled(order, i) for i in order.items})
    waiting = Counter({i.item_id: _unfulfilled(order, i) for i in order.items})
    found = []
    for package in order.packages:
        units = Counter({x.item_id: x.quantity for x in package.items if x.item_id in skus})
        gone = all(units[key] <= left[key] for key in units)
        parcel = _package(package, version, units, skus, has_left=gone)
        if parcel.state is not ParcelState.CANCELLED:
            # What exceeds what the items tell is not counted a second time.
            left, waiting = (left - units, waiting) if gone else (left, waiting - units)
        found.append(parcel)
    word = order.fulfillment.status if order.fulfillment else "not told"
    if +waiting or state is ParcelState.UNKNOWN:
        rest = state
    else:
        rest = ParcelState.CANCELLED if _has_cancelled(order, left) else ParcelState.REPLACED
    seller_ships = not is_easy_ship(order) and not is_amazons(order)
    common = {"version": version, "seller_ships": seller_ships}
    held = {x.line_id for parcel in found for x in parcel.lines} | set(+left) | set(+waiting)
    # Cancelled before it was in any parcel: it stays known where it would have waited.
    nowhere = tuple(
        ParcelLine(line_id=key, channel_sku=sku, quantity=0)
        for key, sku in skus.items()
        if key not in held
    )
    parcels = [
        Parcel(
            parcel_id=REST,
            state=rest,
            channel_status=word,
            lines=(*_lines(waiting, skus), *nowhere),
            cancel_reason=_cancel_reason(order) if rest is ParcelState.CANCELLED else "",
            **common,
        )
    ]
    if any(_fulfilled(order, i) for i in order.items):
        gone_state = ParcelState.SHIPPED if +left else ParcelState.REPLACED
        parcels.append(
            Parcel(
                parcel_id=SHIPPED,
                state=gone_state,
                channel_status=word,
                lines=_lines(left, skus),
                **common,
            )
        )
    return (*parcels, *found)


def cancelled_units(order: WireOrder, item: Item) -> int:
    """Units of an item that have neither left nor wait to."""
    return item.ordered - _fulfilled(order, item) - _unfulfilled(order, item)


def progress(order: WireOrder) -> int:
    """How far an order is, below 1000: of two states of one second the farther one is newer."""
    ranks = {word: n for n, word in enumerate(STATES)}
    status = order.fulfillment.status.upper() if order.fulfillment else ""
    told = sum(_fulfilled(order, i) + bool(i.cancellation.asked) for i in order.items)
    told += sum(bool(i.cancellation.done) for i in order.items) + len(order.packages)
    told += sum(_rank(p) for p in order.packages)
    return ranks.get(status, 0) * 100 + min(told, 99)


def _package(
    package: Package, version: int, units: Counter[str], skus: Mapping[str, str], *, has_left: bool
) -> Parcel:
    word = package.status.status if package.status else ""
    by_units = ParcelState.SHIPPED if has_left else ParcelState.READY
    known = PACKAGES.get(word.upper())
    if known is None:
        # Pending after the confirmation is on its way; before it, the carrier is waited for.
        unheard = word and word.upper() != _PENDING and not has_left
        known = ParcelState.UNKNOWN if unheard else by_units
    return Parcel(
        parcel_id=package.reference,
        state=known,
        channel_status=word or "not told",
        version=version,
        lines=_lines(units, skus),
        carrier=package.carrier,
        tracking_number=package.tracking,
    )


def _fulfilled(order: WireOrder, item: Item) -> int:
    told = item.fulfillment.fulfilled if item.fulfillment else None
    if told is not None:
        return min(told, item.ordered)
    status = order.fulfillment.status.upper() if order.fulfillment else ""
    return item.ordered if status == "SHIPPED" else 0


def _unfulfilled(order: WireOrder, item: Item) -> int:
    state = rest_state(order)
    rest = item.ordered - _fulfilled(order, item)
    if state is ParcelState.CANCELLED:
        return 0
    told = item.fulfillment.unfulfilled if item.fulfillment else None
    return rest if told is None else min(told, rest)


def _has_cancelled(order: WireOrder, left: Counter[str]) -> bool:
    gone = any(cancelled_units(order, i) for i in order.items)
    told = any(i.cancellation.done is not None for i in order.items)
    return gone or told or rest_state(order) is ParcelState.CANCELLED


def _cancel_reason(order: WireOrder) -> str:
    told = (i.cancellation.done for i in order.items)
    return next((x.reason or x.by for x in told if x is not None), "")


def _rank(package: Package) -> int:
    words = list(PACKAGES)
    word = package.status.status.upper() if package.status else ""
    return words.index(word) + 1 if word in words else 0


def _lines(units: Counter[str], skus: Mapping[str, str]) -> tuple[ParcelLine, ...]:
    return tuple(
        ParcelLine(line_id=key, channel_sku=skus[key], quantity=n)
        for key, n in units.items()
        if n > 0
    )
