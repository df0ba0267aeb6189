"""The toy's quotas: one for each scope that there is."""

from datetime import timedelta

from canonical.abilities import Quota, QuotaScope

LOGIN = "login"
ORDERS = "orders"
ORDER = "order"
ACCEPT = "accept"
SHIP = "ship"
CANCEL = "cancel"
HOOK_READ = "webhook_read"
HOOK_WRITE = "webhook_write"

PER = timedelta(seconds=10)

QUOTAS = (
    Quota(name="orders/10s", limit=8, per=PER, operations=(ORDERS,)),
    Quota(
        name="writes/10s", limit=6, per=PER, scope=QuotaScope.GROUP,
        operations=(ACCEPT, SHIP, CANCEL),
    ),
    Quota(name="order/10s", limit=16, per=PER, scope=QuotaScope.APPLICATION, operations=(ORDER,)),
    Quota(name="login/10s", limit=3, per=PER, scope=QuotaScope.PROJECT, operations=(LOGIN,)),
    Quota(
        name="webhooks/10s", limit=6, per=PER, scope=QuotaScope.ADDRESS,
        operations=(HOOK_READ, HOOK_WRITE),
    ),
)  # fmt: skip
