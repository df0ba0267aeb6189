"""Trendyol's quotas by operation name, as the client keeps them.

Documented: 50 requests per 10 s and endpoint; per minute (Türkiye, lowest tier) 300 status
changes, 100 each of `unsupplied`, splits and carrier changes, 1000 claim reads, 5 approvals and
5 rejections of claims, 100 finance reads. Orders are stated between 30 and 1000 a minute, so the
client's own pace is ASSUMED: the stream once in 5 s, `v2/orders` 20 a minute, claim answers 4.
"""

from datetime import timedelta

from canonical.abilities import Quota

STREAM = "orders_stream"
ORDERS = "orders"
STATUS = "package_status"
UNSUPPLIED = "unsupplied"
TRACKING = "tracking_details"
SPLIT = "split"
CARRIER = "cargo_provider"
OTHERWISE = "alternative_delivery"
INVOICE = "invoice_link"
LABEL_READ = "label_read"
LABEL_CREATE = "label_create"
CLAIMS = "claims"
CLAIM_APPROVE = "claim_approve"
CLAIM_REJECT = "claim_reject"
CLAIM_REASONS = "claim_reasons"
EVIDENCE = "evidence"
"""Fetched from the retailer's own host, which nobody counts."""
FINANCE = "finance"
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
    SPLIT,
    CARRIER,
    OTHERWISE,
    INVOICE,
    LABEL_READ,
    LABEL_CREATE,
    CLAIMS,
    CLAIM_APPROVE,
    CLAIM_REJECT,
    CLAIM_REASONS,
    FINANCE,
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
    *(
        Quota(name=f"{name}/min", limit=limit, per=timedelta(minutes=1), operations=(name,))
        for name, limit in (
            (UNSUPPLIED, 100),
            (SPLIT, 100),
            (CARRIER, 100),
            (CLAIMS, 1_000),
            (CLAIM_APPROVE, 4),
            (CLAIM_REJECT, 4),
            (FINANCE, 100),
        )
    ),
)
