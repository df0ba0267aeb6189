"""States of an order and of a parcel, and the moves between them: one small table each."""

from collections.abc import Iterable
from enum import StrEnum


class ParcelState(StrEnum):
    """Where one package of an order stands."""

    PENDING = "pending"
    """Not payable or not checked yet: reserve, never ship."""
    NEW = "new"
    ACCEPTED = "accepted"
    READY = "ready"
    """Packed and invoiced, waits for the carrier."""
    SHIPPED = "shipped"
    AT_PICKUP_POINT = "at_pickup_point"
    DELIVERY_FAILED = "delivery_failed"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    """Remains of a package that was split or repacked; its successors carry on."""
    UNKNOWN = "unknown"
    """A status this version does not know: stored, alerted, never acted upon."""


class OrderState(StrEnum):
    """Where the whole order stands, as its parcels tell."""

    PENDING = "pending"
    NEW = "new"
    ACCEPTED = "accepted"
    READY = "ready"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


P = ParcelState

PARCEL_MOVES: dict[ParcelState, frozenset[ParcelState]] = {
    P.PENDING: frozenset({P.NEW, P.CANCELLED}),
    P.NEW: frozenset({P.ACCEPTED, P.READY, P.CANCELLED, P.REPLACED}),
    P.ACCEPTED: frozenset({P.READY, P.SHIPPED, P.CANCELLED, P.REPLACED}),
    P.READY: frozenset({P.SHIPPED, P.CANCELLED, P.REPLACED}),
    P.SHIPPED: frozenset({P.AT_PICKUP_POINT, P.DELIVERY_FAILED, P.DELIVERED, P.RETURNED}),
    P.AT_PICKUP_POINT: frozenset({P.DELIVERY_FAILED, P.DELIVERED, P.RETURNED}),
    P.DELIVERY_FAILED: frozenset({P.AT_PICKUP_POINT, P.DELIVERED, P.RETURNED}),
    P.DELIVERED: frozenset({P.RETURNED}),
    P.RETURNED: frozenset(),
    P.CANCELLED: frozenset(),
    P.REPLACED: frozenset(),
    P.UNKNOWN: frozenset(set(P)),
}
"""One step at a time. Whoever misses an event sees several steps at once: see `can_reach`."""

DEAD = frozenset({P.CANCELLED, P.REPLACED})
FINAL = frozenset({P.DELIVERED, P.RETURNED, P.CANCELLED, P.REPLACED})
SHIPPED_OR_BEYOND = frozenset(
    {P.SHIPPED, P.AT_PICKUP_POINT, P.DELIVERY_FAILED, P.DELIVERED, P.RETURNED}
)
RELEASABLE = frozenset(
    {OrderState.NEW, OrderState.ACCEPTED, OrderState.READY, OrderState.PARTLY_SHIPPED}
)
FINISHED_ORDER = frozenset({OrderState.DELIVERED, OrderState.RETURNED, OrderState.CANCELLED})


def can_reach(start: ParcelState, end: ParcelState) -> bool:
    """Whether events that were missed can explain the way from `start` to `end`."""
    if start == end or P.UNKNOWN in (start, end):
        return True
    seen, edge = {start}, [start]
    while edge:
        for follower in PARCEL_MOVES[edge.pop()]:
            if follower == end:
                return True
            if follower not in seen:
                seen.add(follower)
                edge.append(follower)
    return False


def order_state(parcels: Iterable[ParcelState]) -> OrderState:
    """The order's state: that of the live parcel which is least far on its way.

    Where all parcels are replaced, the successors are yet to be seen: that is not cancelled.
    """
    states = list(parcels)
    live = [s for s in states if s not in DEAD]
    if not live:
        return OrderState.CANCELLED if P.CANCELLED in states else OrderState.UNKNOWN
    if P.UNKNOWN in live:
        return OrderState.UNKNOWN
    for state, name in _SLOWEST_FIRST:
        if state in live:
            early = name in (OrderState.NEW, OrderState.ACCEPTED, OrderState.READY)
            some_left = any(s in SHIPPED_OR_BEYOND for s in live)
            return OrderState.PARTLY_SHIPPED if early and some_left else name
    raise AssertionError(f"no rule for {live}")


_SLOWEST_FIRST: tuple[tuple[ParcelState, OrderState], ...] = (
    (P.PENDING, OrderState.PENDING),
    (P.NEW, OrderState.NEW),
    (P.ACCEPTED, OrderState.ACCEPTED),
    (P.READY, OrderState.READY),
    (P.SHIPPED, OrderState.SHIPPED),
    (P.AT_PICKUP_POINT, OrderState.SHIPPED),
    (P.DELIVERY_FAILED, OrderState.SHIPPED),
    (P.DELIVERED, OrderState.DELIVERED),
    (P.RETURNED, OrderState.RETURNED),
)
