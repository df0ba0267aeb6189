"""Trendyol's quotas by operation name, as the client keeps them.

Documented: 50 requests per 10 s and endpoint; per minute (Türkiye, lowest tier) 300 status
changes and 100 `unsupplied`. Orders are stated between 30 and 1000 a minute, so the client's own
pace is ASSUMED: the stream once in 5 s, `v2/orders` 20 a minute.
"""

from datetime import timedelta

from canonical.abilities import Quota

STREAM = "orders_stream"
ORDERS = "orders"
STATUS = "package_status"
UNSUPPLIED = "unsupplied"
TRACKING = "tracking_details"
HOOKS_LIST = "webhooks_list"
HOOK_CREATE = "webhook_create"
HOOK_UPDATE = "webhook_update"
HOOK_ACTIVATE = "webhook_activate"

_ENDPOINTS = (
    STREAM,
    ORDERS,
    STATUS,
    UNSUPPLIED,
    TRACKING,
    HOOKS_LIST,
    HOOK_CREATE,
    HOOK_UPDATE,
    HOOK_ACTIVATE,
)

QUOTAS: tuple[Quota, ...] = (
    *(
        Quota(name=f"{name}/10s", limit=50, per=timedelta(seconds=10), operations=(name,))
        for name in _ENDPOINTS
    ),
    Quota(name="orders_stream/5s", limit=1, per=timedelta(seconds=5), operations=(STREAM,)),
    Quota(name="orders/min", limit=20, per=timedelta(minutes=1), operations=(ORDERS,)),
    Quota(name="package_status/min", limit=300, per=timedelta(minutes=1), operations=(STATUS,)),
    Quota(name="unsupplied/min", limit=100, per=timedelta(minutes=1), operations=(UNSUPPLIED,)),
)
