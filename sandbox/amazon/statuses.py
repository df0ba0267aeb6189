"""Statuses of orders, in the words of 2026-01-01 and of v0."""

PENDING = "PENDING"
UNSHIPPED = "UNSHIPPED"
PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
SHIPPED = "SHIPPED"
CANCELLED = "CANCELLED"
UNFULFILLABLE = "UNFULFILLABLE"

OPEN = frozenset({UNSHIPPED, PARTIALLY_SHIPPED})

V0 = {
    "PENDING_AVAILABILITY": "PendingAvailability",
    PENDING: "Pending",
    UNSHIPPED: "Unshipped",
    PARTIALLY_SHIPPED: "PartiallyShipped",
    SHIPPED: "Shipped",
    CANCELLED: "Canceled",
    UNFULFILLABLE: "Unfulfillable",
}
"""v0 and ORDER_CHANGE write Canceled with one l."""


def v0(status: str) -> str:
    """A status as v0 writes it; one that no documentation names stays as it is."""
    return V0.get(status, status)


PENDING_SCHEDULE = "PendingSchedule"
PENDING_PICKUP = "PendingPickUp"
PICKED_UP = "PickedUp"
DELIVERED = "Delivered"
REJECTED_BY_BUYER = "RejectedByBuyer"
RETURNED_TO_SELLER = "ReturnedToSeller"
"""EasyShipShipmentStatus, as far as orders here come to it."""
