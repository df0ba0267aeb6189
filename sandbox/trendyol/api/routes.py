"""Paths of the API (section 4) and the operation behind each."""

from aiohttp import web

from sandbox.trendyol.api import (
    cargo,
    claims,
    finance,
    invoices,
    labels,
    order_reads,
    package_writes,
    products,
    splits,
    stage_orders,
    stock,
    webhooks,
)
from sandbox.trendyol.gate import Handler, guarded

BASE = "/integration"
ORDERS = f"{BASE}/order/sellers/{{seller}}"
PACKAGE = f"{ORDERS}/shipment-packages/{{package}}"
SELLER = f"{BASE}/sellers/{{seller}}"
PRODUCTS = f"{BASE}/product/sellers/{{seller}}/products"
CLAIM = f"{ORDERS}/claims/{{claim}}"
FINANCE = f"{BASE}/finance/che/sellers/{{seller}}"
HOOKS = f"{BASE}/webhook/sellers/{{seller}}/webhooks"

ROUTES: list[tuple[str, str, str, Handler]] = [
    ("GET", f"{ORDERS}/orders/stream", "orders.stream", order_reads.stream),
    ("GET", f"{ORDERS}/v2/orders", "orders.page", order_reads.page),
    ("GET", f"{ORDERS}/orders", "orders.v1", order_reads.v1),
    ("PUT", PACKAGE, "package.status", package_writes.status),
    ("PUT", f"{PACKAGE}/items/unsupplied", "package.unsupplied", package_writes.unsupplied),
    ("PUT", f"{PACKAGE}/tracking-details", "package.tracking", cargo.tracking),
    ("POST", f"{PACKAGE}/split-packages", "package.split", splits.split_packages),
    ("POST", f"{PACKAGE}/split", "package.split_lines", splits.split_lines),
    ("PUT", f"{PACKAGE}/cargo-providers", "package.cargo_provider", cargo.provider),
    ("PUT", f"{PACKAGE}/alternative-delivery", "package.alternative_delivery", cargo.alternative),
    ("POST", f"{SELLER}/common-label/{{cargo}}", "label.create", labels.create),
    ("GET", f"{SELLER}/common-label/{{cargo}}", "label.read", labels.read),
    ("POST", f"{SELLER}/seller-invoice-links", "invoice.link", invoices.link),
    ("POST", f"{SELLER}/seller-invoice-file", "invoice.file", invoices.file),
    (
        "POST",
        f"{BASE}/inventory/sellers/{{seller}}/products/price-and-inventory",
        "stock.update",
        stock.update,
    ),
    ("GET", f"{PRODUCTS}/batch-requests/{{batch}}", "batch.read", stock.result),
    ("GET", f"{PRODUCTS}/approved", "products.approved", products.approved),
    ("GET", f"{PRODUCTS}/unapproved", "products.unapproved", products.unapproved),
    (
        "GET",
        f"{PRODUCTS}/approved/inventory-and-price",
        "products.inventory",
        products.inventory,
    ),
    (
        "GET",
        f"{BASE}/product/sellers/{{seller}}/product/{{barcode}}",
        "products.one",
        products.one,
    ),
    ("POST", f"{PRODUCTS}/buybox-information", "buybox.read", products.buybox),
    ("GET", f"{ORDERS}/claims", "claims.list", claims.listing),
    ("PUT", f"{CLAIM}/items/approve", "claims.approve", claims.approve),
    ("POST", f"{CLAIM}/issue", "claims.reject", claims.reject),
    ("GET", f"{BASE}/order/claim-issue-reasons", "claims.reasons", claims.reasons),
    ("GET", f"{FINANCE}/settlements", "finance.settlements", finance.settlements),
    ("GET", f"{FINANCE}/otherfinancials", "finance.other", finance.others),
    (
        "GET",
        f"{FINANCE}/cargo-invoice/{{serial}}/items",
        "finance.cargo_invoice",
        finance.cargo_invoice,
    ),
    ("POST", f"{BASE}/test/order/orders/core", "test.order", stage_orders.place),
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
