"""Paths of the operator's surface."""

from aiohttp import web

from sandbox.trendyol.operator import controls, orders, reports
from sandbox.trendyol.operator.answers import Handler, operated

PACKAGES = "/packages/{seller}"
ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/health", reports.health),
    ("GET", "/ledger", reports.ledger),
    ("GET", "/traffic", reports.traffic),
    ("POST", "/traffic", controls.start_traffic),
    ("POST", "/orders", orders.place),
    ("GET", PACKAGES, orders.listing),
    ("GET", PACKAGES + "/{package}", orders.one),
    ("POST", PACKAGES + "/{package}/move", orders.move),
    ("POST", PACKAGES + "/{package}/cancel", orders.cancel),
    ("POST", PACKAGES + "/{package}/split", orders.split),
    ("POST", PACKAGES + "/{package}/claim", orders.claim),
    ("POST", "/finance/{seller}/pay", controls.pay),
    ("GET", "/webhooks", reports.webhooks),
    ("POST", "/webhooks/raw", controls.send_raw),
    ("GET", "/faults", controls.list_faults),
    ("POST", "/faults", controls.add_faults),
    ("DELETE", "/faults", controls.clear_faults),
    ("GET", "/knobs", controls.read_knobs),
    ("POST", "/knobs", controls.turn_knobs),
]


def add_routes(app: web.Application) -> None:
    """Mounts the operator's surface under /_sandbox."""
    for method, path, handler in ROUTES:
        app.router.add_route(method, f"/_sandbox{path}", operated(handler))
