"""Which handler answers which operation."""

from aiohttp import web

from sandbox.amazon.api import (
    easy_ship,
    feeds,
    inventory,
    listings,
    lwa,
    notifications,
    orders,
    orders_v0,
    reports,
    sellers,
    shipments,
    tokens,
)
from sandbox.amazon.gate import Handler, guarded
from sandbox.amazon.operations import OPERATIONS

HANDLERS: dict[str, Handler] = {
    "orders.searchOrders": orders.search_orders,
    "orders.getOrder": orders.get_order,
    "ordersV0.getOrders": orders_v0.get_orders,
    "ordersV0.getOrder": orders_v0.get_order,
    "ordersV0.getOrderItems": orders_v0.get_order_items,
    "ordersV0.getOrderAddress": orders_v0.get_address,
    "ordersV0.getOrderBuyerInfo": orders_v0.get_buyer_info,
    "ordersV0.getOrderItemsBuyerInfo": orders_v0.get_items_buyer_info,
    "ordersV0.confirmShipment": shipments.confirm_shipment,
    "notifications.createDestination": notifications.create_destination,
    "notifications.getDestinations": notifications.get_destinations,
    "notifications.getDestination": notifications.get_destination,
    "notifications.deleteDestination": notifications.delete_destination,
    "notifications.getSubscriptions": notifications.get_subscriptions,
    "notifications.getSubscription": notifications.get_subscription,
    "notifications.createSubscription": notifications.create_subscription,
    "notifications.getSubscriptionById": notifications.get_subscription_by_id,
    "notifications.deleteSubscriptionById": notifications.delete_subscription,
    "reports.getReports": reports.get_reports,
    "reports.createReport": reports.create_report,
    "reports.getReport": reports.get_report,
    "reports.cancelReport": reports.cancel_report,
    "reports.getReportSchedules": reports.get_schedules,
    "reports.createReportSchedule": reports.create_schedule,
    "reports.getReportSchedule": reports.get_schedule,
    "reports.cancelReportSchedule": reports.cancel_schedule,
    "reports.getReportDocument": reports.get_document,
    "feeds.createFeedDocument": feeds.create_document,
    "feeds.createFeed": feeds.create_feed,
    "feeds.getFeeds": feeds.get_feeds,
    "feeds.getFeed": feeds.get_feed,
    "feeds.cancelFeed": feeds.cancel_feed,
    "feeds.getFeedDocument": feeds.get_document,
    "easyShip.listHandoverSlots": easy_ship.list_slots,
    "easyShip.getScheduledPackage": easy_ship.get_package,
    "easyShip.createScheduledPackage": easy_ship.create_package,
    "easyShip.updateScheduledPackages": easy_ship.update_packages,
    "easyShip.createScheduledPackageBulk": easy_ship.create_packages,
    "fbaInventory.getInventorySummaries": inventory.get_summaries,
    "listings.getListingsItem": listings.get_item,
    "listings.patchListingsItem": listings.patch_item,
    "sellers.getMarketplaceParticipations": sellers.get_participations,
    "tokens.createRestrictedDataToken": tokens.create,
}


def add_routes(app: web.Application) -> None:
    """Mounts the API and the token endpoint."""
    app.router.add_post(lwa.PATH, lwa.token)
    for name, handler in HANDLERS.items():
        operation = OPERATIONS[name]
        app.router.add_route(operation.method, operation.path, guarded(operation, handler))
