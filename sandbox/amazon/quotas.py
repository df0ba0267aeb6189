"""Usage plans: a token bucket per seller, application and operation (section 7)."""

import time
from collections.abc import Mapping
from typing import Protocol

NOTIFICATIONS = [
    "createDestination",
    "getDestinations",
    "getDestination",
    "deleteDestination",
    "getSubscriptions",
    "getSubscription",
    "createSubscription",
    "getSubscriptionById",
    "deleteSubscriptionById",
]
SCHEDULES = [
    "getReportSchedules",
    "createReportSchedule",
    "getReportSchedule",
    "cancelReportSchedule",
]
EASY_SHIP = [
    "listHandoverSlots",
    "getScheduledPackage",
    "createScheduledPackage",
    "updateScheduledPackages",
    "createScheduledPackageBulk",
]

RATES: dict[str, tuple[float, float]] = {
    "orders.searchOrders": (0.0056, 20),
    "orders.getOrder": (0.5, 30),
    "ordersV0.getOrders": (0.0167, 20),
    "ordersV0.getOrder": (0.5, 30),
    "ordersV0.getOrderItems": (0.5, 30),
    "ordersV0.getOrderBuyerInfo": (0.5, 30),
    "ordersV0.getOrderAddress": (0.5, 30),
    "ordersV0.getOrderItemsBuyerInfo": (0.5, 30),
    "ordersV0.confirmShipment": (2, 10),
    **{f"notifications.{name}": (1, 5) for name in NOTIFICATIONS},
    "feeds.createFeedDocument": (0.5, 15),
    "feeds.createFeed": (0.0083, 15),
    "feeds.getFeed": (2, 15),
    "feeds.cancelFeed": (2, 15),
    "feeds.getFeeds": (0.0222, 10),
    "feeds.getFeedDocument": (0.0222, 10),
    "reports.createReport": (0.0167, 15),
    "reports.getReportDocument": (0.0167, 15),
    "reports.getReport": (2, 15),
    "reports.getReports": (0.0222, 10),
    "reports.cancelReport": (0.0222, 10),
    **{f"reports.{name}": (0.0222, 10) for name in SCHEDULES},
    "listings.getListingsItem": (5, 10),
    "listings.patchListingsItem": (5, 5),
    "fbaInventory.getInventorySummaries": (2, 2),
    "tokens.createRestrictedDataToken": (1, 10),
    **{f"easyShip.{name}": (1, 5) for name in EASY_SHIP},
    "sellers.getMarketplaceParticipations": (0.016, 15),
}
"""Requests a second, and burst."""


class Plans(Protocol):
    """Where the figures stand."""

    quotas: dict[str, tuple[float, float]]
    time_scale: float


class Quotas:
    """Buckets of everybody; a new one is full."""

    def __init__(self, plans: Plans) -> None:
        self._plans = plans
        self._buckets: dict[tuple[str, str, str], tuple[float, float]] = {}

    def rate(self, operation: str) -> float:
        """Requests a second as they are granted here: the plan's, times the time scale."""
        return self._plans.quotas[operation][0] * self._plans.time_scale

    def admit(self, seller: str, application: str, operation: str) -> bool:
        """Takes a token, or says that there is none."""
        rate, burst = self.rate(operation), self._plans.quotas[operation][1]
        now = time.monotonic()
        key = (seller, application, operation)
        tokens, since = self._buckets.get(key, (burst, now))
        tokens = min(burst, tokens + (now - since) * rate)
        admitted = tokens >= 1
        self._buckets[key] = (tokens - admitted, now)
        return admitted

    def fill(self) -> None:
        """Fills every bucket."""
        self._buckets.clear()

    def report(self) -> Mapping[str, tuple[float, float]]:
        """Rate as granted and burst by operation."""
        return {name: (self.rate(name), plan[1]) for name, plan in self._plans.quotas.items()}
