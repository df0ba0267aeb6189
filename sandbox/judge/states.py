"""States of an order from those of its parcels, by rules of the judge's own."""

from collections.abc import Iterable

DEAD = frozenset({"cancelled", "replaced"})
GONE = frozenset({"shipped", "at_pickup_point", "delivery_failed", "delivered", "returned"})
"""States of a parcel that has left the seller."""
ON_THE_WAY = frozenset({"shipped", "at_pickup_point", "delivery_failed"})

MOST_ASKED_FIRST = (
    "waiting_for_answer", "unknown", "in_dispute", "requested", "accepted", "rejected", "cancelled"
)  # fmt: skip


def return_state(items: Iterable[str]) -> str:
    """A return stands where its item does that asks most of somebody."""
    states = set(items)
    return next((state for state in MOST_ASKED_FIRST if state in states), "unknown")


def order_state(parcels: Iterable[str]) -> str:
    """The order stands where its slowest live parcel stands.

    Where all parcels are replaced, their successors are still to come: not cancelled, not known.
    """
    states = set(parcels)
    live = states - DEAD
    if not live:
        return "cancelled" if "cancelled" in states else "unknown"
    if "unknown" in live:
        return "unknown"
    if "pending" in live:
        return "pending"
    for early in ("new", "accepted", "ready"):
        if early in live:
            return "partly_shipped" if live & GONE else early
    if live & ON_THE_WAY:
        return "shipped"
    return "delivered" if "delivered" in live else "returned"
