"""Paths of the operator's surface."""

from aiohttp import web

from sandbox.amazon.operator import controls, orders, reports
from sandbox.amazon.operator.answers import Handler, operated

ORDER = "/orders/{seller}/{order}"
ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/health", reports.health),
    ("GET", "/ledger", reports.ledger),
    ("GET", "/traffic", reports.traffic),
    ("POST", "/traffic", controls.start_traffic),
    ("POST", "/orders", orders.place),
    ("GET", "/orders/{seller}", orders.listing),
    ("GET", ORDER, orders.one),
    ("POST", ORDER + "/move", orders.move),
    ("POST", ORDER + "/cancel", orders.cancel),
    ("POST", ORDER + "/ask_cancel", orders.ask_cancel),
    ("POST", ORDER + "/return", orders.come_back),
    ("POST", ORDER + "/invoice", controls.drop_invoice),
    ("POST", "/settlements/{seller}", controls.settle),
    ("POST", "/documents/{seller}", controls.make_documents),
    ("POST", "/stock/{seller}/{sku}", controls.set_stock),
    ("DELETE", "/tokens/{seller}", controls.revoke),
    ("GET", "/subscriptions", reports.subscriptions),
    ("POST", "/notifications/raw", controls.send_raw),
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
