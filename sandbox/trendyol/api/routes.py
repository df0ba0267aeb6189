"""Paths of the API (section 4) and the operation behind each."""

from aiohttp import web

from sandbox.trendyol.api import order_reads, package_writes, webhooks
from sandbox.trendyol.gate import Handler, guarded

BASE = "/integration"
ORDERS = f"{BASE}/order/sellers/{{seller}}"
PACKAGE = f"{ORDERS}/shipment-packages/{{package}}"
HOOKS = f"{BASE}/webhook/sellers/{{seller}}/webhooks"

ROUTES: list[tuple[str, str, str, Handler]] = [
    ("GET", f"{ORDERS}/orders/stream", "orders.stream", order_reads.stream),
    ("GET", f"{ORDERS}/v2/orders", "orders.page", order_reads.page),
    ("GET", f"{ORDERS}/orders", "orders.v1", order_reads.v1),
    ("PUT", PACKAGE, "package.status", package_writes.status),
    ("PUT", f"{PACKAGE}/items/unsupplied", "package.unsupplied", package_writes.unsupplied),
    ("POST", HOOKS, "hooks.create", webhooks.create),
    ("GET", HOOKS, "hooks.list", webhooks.listing),
    ("PUT", f"{HOOKS}/{{hook}}", "hooks.update", webhooks.replace),
    ("DELETE", f"{HOOKS}/{{hook}}", "hooks.delete", webhooks.delete),
    ("PUT", f"{HOOKS}/{{hook}}/activate", "hooks.activate", webhooks.activate),
    ("PUT", f"{HOOKS}/{{hook}}/deactivate", "hooks.deactivate", webhooks.deactivate),
]


def add_routes(app: web.Application) -> None:
    """Mounts every operation behind the gate."""
    for method, path, operation, handler in ROUTES:
        app.router.add_route(method, path, guarded(operation, handler))
