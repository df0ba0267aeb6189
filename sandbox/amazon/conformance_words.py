"""The platform's words for what this sandbox calls otherwise."""

from collections.abc import Sequence

from sandbox.amazon.model import Order
from sandbox.amazon.operations import OPERATIONS
from sandbox.amazon.statuses import (
    CANCELLED,
    OPEN,
    PENDING,
    PICKED_UP,
    REJECTED_BY_BUYER,
    RETURNED_TO_SELLER,
    SHIPPED,
)

LISTS = frozenset({"orders.searchOrders", "ordersV0.getOrders"})
OTHER_READS = frozenset({"easyShip.getScheduledPackage", "easyShip.listHandoverSlots"})
ACTS = frozenset(
    {
        "ordersV0.confirmShipment",
        "easyShip.createScheduledPackage",
        "easyShip.createScheduledPackageBulk",
        "easyShip.updateScheduledPackages",
        "feeds.createFeedDocument",
        "feeds.createFeed",
    }
)

ACTIONS = {
    "ordersV0.confirmShipment": "ship",
    "easyShip.schedule": "ready",
    "feeds.cancel": "cancel_lines",
}
"""Actions by what the ledger calls the write."""

FAULTS = {
    "throttled": "throttle_burst",
    "broken": "status",
    "page": "html",
    "refused": "refuse",
    "slow": "slow",
    "cut_before": "cut_before_commit",
    "cut_after": "cut_after_commit",
    "broken_after": "answer_after_commit",
    "expired": "expired_token",
}
"""Kinds of faults; Amazon names no time with a 429."""
SHOWS_STATUS = frozenset({"broken", "broken_after", "page"})

EASY_SHIP_STATES = {
    PICKED_UP: "shipped",
    "Delivered": "delivered",
    REJECTED_BY_BUYER: "delivery_failed",
    RETURNED_TO_SELLER: "returned",
}


def operations(part: str) -> Sequence[str | None]:
    """The operations of a part of the API; None stands for all."""
    match part:
        case "any":
            return [None]
        case "list":
            return sorted(LISTS)
        case "act":
            return sorted(ACTS)
        case "login":
            return ["lwa.token"]
        case "hooks":
            return [name for name in OPERATIONS if name.startswith("notifications.")]
    reads = (name for name in OPERATIONS if name.startswith(("orders.", "ordersV0.")))
    return [name for name in reads if name not in LISTS | ACTS] + sorted(OTHER_READS)


def state_of(order: Order) -> str:
    """The state of an order's one parcel."""
    return parcel_state(
        order.status, order.channel, order.easy_ship_status, order.schedule is not None
    )


def parcel_state(status: str, channel: str, easy_ship_status: str, scheduled: bool) -> str:
    """The same from the ledger's facts."""
    if status == PENDING:
        return "pending"
    if status == CANCELLED:
        return "cancelled"
    if status == SHIPPED:
        if channel == "AFN":
            return "shipped"
        return EASY_SHIP_STATES.get(easy_ship_status, "shipped")
    if status in OPEN:
        return "ready" if scheduled else "new"
    return "unknown"
