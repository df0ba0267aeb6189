"""Every operation: its path, who may call it, and with which token."""

from dataclasses import dataclass
from typing import Literal

NOTIFICATIONS_SCOPE = "sellingpartnerapi::notifications"
ROTATION_SCOPE = "sellingpartnerapi::client_credential:rotation"
SCOPES = frozenset({NOTIFICATIONS_SCOPE, ROTATION_SCOPE})
"""Scopes of client_credentials; the second is ASSUMED."""


@dataclass(frozen=True)
class Operation:
    """One operation of the API."""

    name: str
    method: str
    path: str
    role: str = ""
    login: Literal["seller", "grantless", "either"] = "seller"
    pii: bool = False
    """Shows more with a restricted data token."""


ORDERS = "/orders/2026-01-01/orders"
V0 = "/orders/v0/orders"
V0_ORDER = V0 + "/{orderId}"
SUBSCRIPTIONS = "/notifications/v1/subscriptions"
DESTINATIONS = "/notifications/v1/destinations"
REPORTS = "/reports/2021-06-30"
FEEDS = "/feeds/2021-06-30"
EASY_SHIP = "/easyShip/2022-03-23"
LISTING = "/listings/2021-08-01/items/{sellerId}/{sku}"


def _all() -> tuple[Operation, ...]:
    return (
        Operation("orders.searchOrders", "GET", ORDERS, "orders"),
        Operation("orders.getOrder", "GET", ORDERS + "/{orderId}", "orders"),
        Operation("ordersV0.getOrders", "GET", V0, "orders", pii=True),
        Operation("ordersV0.getOrder", "GET", V0_ORDER, "orders", pii=True),
        Operation("ordersV0.getOrderItems", "GET", V0_ORDER + "/orderItems", "orders", pii=True),
        Operation("ordersV0.getOrderAddress", "GET", V0_ORDER + "/address", "orders", pii=True),
        Operation("ordersV0.getOrderBuyerInfo", "GET", V0_ORDER + "/buyerInfo", "orders", pii=True),
        Operation(
            "ordersV0.getOrderItemsBuyerInfo",
            "GET",
            V0_ORDER + "/orderItems/buyerInfo",
            "orders",
            pii=True,
        ),
        Operation("ordersV0.confirmShipment", "POST", V0_ORDER + "/shipmentConfirmation", "orders"),
        *_notifications(),
        *_reports(),
        *_feeds(),
        Operation("easyShip.listHandoverSlots", "POST", EASY_SHIP + "/timeSlot", "shipping"),
        Operation("easyShip.getScheduledPackage", "GET", EASY_SHIP + "/package", "shipping"),
        Operation("easyShip.createScheduledPackage", "POST", EASY_SHIP + "/package", "shipping"),
        Operation("easyShip.updateScheduledPackages", "PATCH", EASY_SHIP + "/package", "shipping"),
        Operation(
            "easyShip.createScheduledPackageBulk", "POST", EASY_SHIP + "/packages/bulk", "shipping"
        ),
        Operation(
            "fbaInventory.getInventorySummaries", "GET", "/fba/inventory/v1/summaries", "fba"
        ),
        Operation("listings.getListingsItem", "GET", LISTING, "listings"),
        Operation("listings.patchListingsItem", "PATCH", LISTING, "listings"),
        Operation(
            "sellers.getMarketplaceParticipations",
            "GET",
            "/sellers/v1/marketplaceParticipations",
            "insights",
        ),
        Operation(
            "tokens.createRestrictedDataToken", "POST", "/tokens/2021-03-01/restrictedDataToken"
        ),
    )


def _notifications() -> tuple[Operation, ...]:
    one = "/{notificationType}/{subscriptionId}"
    role = "notifications"
    return (
        Operation("notifications.createDestination", "POST", DESTINATIONS, role, "grantless"),
        Operation("notifications.getDestinations", "GET", DESTINATIONS, role, "grantless"),
        Operation(
            "notifications.getDestination",
            "GET",
            DESTINATIONS + "/{destinationId}",
            role,
            "grantless",
        ),
        Operation(
            "notifications.deleteDestination",
            "DELETE",
            DESTINATIONS + "/{destinationId}",
            role,
            "grantless",
        ),
        Operation("notifications.getSubscriptions", "GET", SUBSCRIPTIONS, role),
        Operation(
            "notifications.getSubscription", "GET", SUBSCRIPTIONS + "/{notificationType}", role
        ),
        Operation(
            "notifications.createSubscription", "POST", SUBSCRIPTIONS + "/{notificationType}", role
        ),
        Operation(
            "notifications.getSubscriptionById", "GET", SUBSCRIPTIONS + one, role, "grantless"
        ),
        # An older report says that this one needs the seller's token (G docs#1850): both work.
        Operation(
            "notifications.deleteSubscriptionById", "DELETE", SUBSCRIPTIONS + one, role, "either"
        ),
    )


def _reports() -> tuple[Operation, ...]:
    one, schedule = REPORTS + "/reports/{reportId}", REPORTS + "/schedules/{reportScheduleId}"
    document = REPORTS + "/documents/{reportDocumentId}"
    return (
        Operation("reports.getReports", "GET", REPORTS + "/reports", "reports"),
        Operation("reports.createReport", "POST", REPORTS + "/reports", "reports"),
        Operation("reports.getReport", "GET", one, "reports"),
        Operation("reports.cancelReport", "DELETE", one, "reports"),
        Operation("reports.getReportSchedules", "GET", REPORTS + "/schedules", "reports"),
        Operation("reports.createReportSchedule", "POST", REPORTS + "/schedules", "reports"),
        Operation("reports.getReportSchedule", "GET", schedule, "reports"),
        Operation("reports.cancelReportSchedule", "DELETE", schedule, "reports"),
        Operation("reports.getReportDocument", "GET", document, "reports", pii=True),
    )


def _feeds() -> tuple[Operation, ...]:
    return (
        Operation("feeds.createFeedDocument", "POST", FEEDS + "/documents", "feeds"),
        Operation("feeds.createFeed", "POST", FEEDS + "/feeds", "feeds"),
        Operation("feeds.getFeeds", "GET", FEEDS + "/feeds", "feeds"),
        Operation("feeds.getFeed", "GET", FEEDS + "/feeds/{feedId}", "feeds"),
        Operation("feeds.cancelFeed", "DELETE", FEEDS + "/feeds/{feedId}", "feeds"),
        Operation("feeds.getFeedDocument", "GET", FEEDS + "/documents/{feedDocumentId}", "feeds"),
    )


OPERATIONS: dict[str, Operation] = {each.name: each for each in _all()}
"""All operations by name: the API's short name and Amazon's operationId."""
