"""Amazon's quotas by operation name: token buckets for each account and application.

Rates and bursts are the defaults of Amazon's public models (commit 34dc93f, 2026-08-05). An account
may have others: a good answer tells its rate, and no answer ever tells a burst. Slow rates are
rounded down, to whole seconds between two calls.
"""

import math
from collections.abc import Mapping
from datetime import timedelta

from canonical.abilities import Quota, QuotaKind, QuotaScope

SEARCH_ORDERS = "search_orders"
GET_ORDER = "get_order"
CONFIRM_SHIPMENT = "confirm_shipment"
CREATE_DESTINATION = "create_destination"
GET_DESTINATIONS = "get_destinations"
CREATE_SUBSCRIPTION = "create_subscription"
GET_SUBSCRIPTION = "get_subscription"
CREATE_FEED_DOCUMENT = "create_feed_document"
CREATE_FEED = "create_feed"
GET_FEED = "get_feed"
GET_FEEDS = "get_feeds"
GET_FEED_DOCUMENT = "get_feed_document"
CREATE_REPORT = "create_report"
GET_REPORT = "get_report"
GET_REPORTS = "get_reports"
GET_REPORT_DOCUMENT = "get_report_document"
INVENTORY = "inventory_summaries"
RESTRICTED_TOKEN = "restricted_data_token"  # noqa: S105 - the operation's name
EASY_SHIP_SLOTS = "easy_ship_slots"
EASY_SHIP_SCHEDULE = "easy_ship_schedule"
EASY_SHIP_PACKAGE = "easy_ship_package"
LOGIN = "lwa_token"
"""At Login with Amazon, which publishes no limit."""

RATES: Mapping[str, tuple[float, int]] = {
    SEARCH_ORDERS: (0.0056, 20),
    GET_ORDER: (0.5, 30),
    CONFIRM_SHIPMENT: (2, 10),
    CREATE_DESTINATION: (1, 5),
    GET_DESTINATIONS: (1, 5),
    CREATE_SUBSCRIPTION: (1, 5),
    GET_SUBSCRIPTION: (1, 5),
    CREATE_FEED_DOCUMENT: (0.5, 15),
    CREATE_FEED: (0.0083, 15),
    GET_FEED: (2, 15),
    GET_FEEDS: (0.0222, 10),
    GET_FEED_DOCUMENT: (0.0222, 10),
    CREATE_REPORT: (0.0167, 15),
    GET_REPORT: (2, 15),
    GET_REPORTS: (0.0222, 10),
    GET_REPORT_DOCUMENT: (0.0167, 15),
    INVENTORY: (2, 2),
    RESTRICTED_TOKEN: (1, 10),
    EASY_SHIP_SLOTS: (1, 5),
    EASY_SHIP_SCHEDULE: (1, 5),
    EASY_SHIP_PACKAGE: (1, 5),
}
"""Requests a second, and the bucket's size."""

GRANTLESS = frozenset({CREATE_DESTINATION, GET_DESTINATIONS})
"""Called for the application, not for a seller: all its accounts share them."""


def interval(operation: str, time_scale: float = 1.0) -> timedelta:
    """How long one token takes to come back; none where nothing is published."""
    if operation not in RATES:
        return timedelta(0)
    return _interval(RATES[operation][0]) / time_scale


def quotas_of(time_scale: float = 1.0) -> tuple[Quota, ...]:
    """All quotas.

    Args:
        time_scale: How much faster than real a sandbox's clock runs; 1 at Amazon.
    """
    return tuple(
        Quota(
            name=operation,
            limit=1,
            per=_interval(rate) / time_scale,
            kind=QuotaKind.BUCKET,
            burst=burst,
            scope=QuotaScope.APPLICATION if operation in GRANTLESS else QuotaScope.ACCOUNT,
            operations=(operation,),
        )
        for operation, (rate, burst) in RATES.items()
    )


def _interval(rate: float) -> timedelta:
    seconds = 1 / rate
    return timedelta(seconds=seconds if seconds < 10 else math.ceil(seconds))


QUOTAS = quotas_of()
