"""Which role of the application each call needs, so that a refusal can say so.

Source: developer-docs, "Roles in the Selling Partner API" and the operations' own pages; names are
those of the developer profile.
"""

from collections.abc import Mapping

from channels.amazon import quotas

_ORDERS = (
    "Inventory and Order Tracking; for addresses Direct-to-Consumer Shipping (Restricted), for the"
    " buyer's data Tax Invoicing (Restricted)"
)
_EASY_SHIP = "Direct-to-Consumer Shipping (Restricted)"
_FEEDS = "the role of the feed's type, for orders Inventory and Order Tracking"
_REPORTS = (
    "the role of the report's type, such as Finance and Accounting, Amazon Fulfillment or Inventory"
    " and Order Tracking"
)

ROLES: Mapping[str, str] = {
    quotas.SEARCH_ORDERS: _ORDERS,
    quotas.GET_ORDER: _ORDERS,
    quotas.CONFIRM_SHIPMENT: "Inventory and Order Tracking",
    quotas.EASY_SHIP_SLOTS: _EASY_SHIP,
    quotas.EASY_SHIP_SCHEDULE: _EASY_SHIP,
    quotas.EASY_SHIP_PACKAGE: _EASY_SHIP,
    quotas.INVENTORY: "Amazon Fulfillment",
    quotas.CREATE_FEED: _FEEDS,
    quotas.CREATE_FEED_DOCUMENT: _FEEDS,
    quotas.GET_FEED: _FEEDS,
    quotas.GET_FEEDS: _FEEDS,
    quotas.GET_FEED_DOCUMENT: _FEEDS,
    quotas.CREATE_REPORT: _REPORTS,
    quotas.GET_REPORT: _REPORTS,
    quotas.GET_REPORTS: _REPORTS,
    quotas.GET_REPORT_DOCUMENT: _REPORTS,
    quotas.CREATE_SUBSCRIPTION: "the role of the notification's type",
    quotas.GET_SUBSCRIPTION: "the role of the notification's type",
    quotas.RESTRICTED_TOKEN: "the restricted role of the data that is asked for",
}
"""By operation; grantless operations need none."""

PER_ORDER = frozenset(
    {
        quotas.CONFIRM_SHIPMENT,
        quotas.EASY_SHIP_SLOTS,
        quotas.EASY_SHIP_SCHEDULE,
        quotas.EASY_SHIP_PACKAGE,
        quotas.CREATE_FEED,
        quotas.CREATE_FEED_DOCUMENT,
        quotas.INVENTORY,
        quotas.CREATE_REPORT,
        quotas.GET_REPORT,
        quotas.GET_REPORTS,
        quotas.GET_REPORT_DOCUMENT,
        quotas.RESTRICTED_TOKEN,
    }
)
"""Where a missing role must not stop the account's other work: orders can be read without them."""
