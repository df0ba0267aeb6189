"""What a seller may do to a package: its status, and lines that cannot be supplied."""

from typing import Any

from aiohttp import web

from sandbox.trendyol import lifecycle
from sandbox.trendyol.api.packages_of import (
    asked_package,
    asked_quantities,
    wrote,
)
from sandbox.trendyol.errors import bad_request, not_updatable
from sandbox.trendyol.gate import Call
from sandbox.trendyol.model import Package
from sandbox.trendyol.statuses import CREATED, INVOICED, PICKING, SELLER_MAY_CHANGE

REASONS = {
    500: "Stock out",
    501: "Faulty product",
    502: "Wrong price",
    504: "Integration error",
    505: "Bulk purchase",
    506: "Force majeure",
}
"""503 is on one page only and refused here, as one client found."""

BEFORE = {PICKING: CREATED, INVOICED: PICKING}


async def status(call: Call) -> web.Response:
    """PUT shipment-packages/{id}: Picking, then Invoiced; a repeat of the current status is 200."""
    body = await call.json_object()
    package = asked_package(call)
    target = body.get("status")
    asked_quantities(package, body.get("lines"))
    number = _invoice_number(body, target)
    if target not in BEFORE:
        raise not_updatable(f"Sellers cannot set the status {target!r}")
    if package.status == target:
        wrote(call, package, f"status:{target}", "repeated")
        return web.Response()
    if package.status != BEFORE[target]:
        wrote(call, package, f"status:{target}", "refused")
        raise not_updatable(f"Package is {package.status}, it cannot become {target}")
    if target == INVOICED:
        package.invoice_number = number
    lifecycle.move(call.world, package, target, "seller")
    wrote(call, package, f"status:{target}", "applied")
    return web.Response()


def _invoice_number(body: dict[str, Any], target: object) -> str:
    params = body.get("params", {})
    if not isinstance(params, dict):
        raise bad_request("invalid.request", "params must be an object")
    number = params.get("invoiceNumber", "")
    if target == INVOICED and not (isinstance(number, str) and number):
        raise bad_request("invalid.request", "params.invoiceNumber is required for Invoiced")
    return str(number)


async def unsupplied(call: Call) -> web.Response:
    """PUT items/unsupplied: cancels lines; in part, what is left follows in a new package."""
    body = await call.json_object()
    package = asked_package(call)
    quantities = asked_quantities(package, body.get("lines"))
    reason = body.get("reasonId")
    if reason not in REASONS:
        wrote(call, package, "unsupplied", "refused")
        raise not_updatable(f"reasonId {reason!r} is not usable")
    if package.status not in SELLER_MAY_CHANGE:
        wrote(call, package, "unsupplied", "refused")
        raise not_updatable(f"Package is {package.status}, its lines cannot be cancelled")
    _cancel(call, package, quantities, int(reason), bool(body.get("shouldKeepPreviousStatus")))
    wrote(call, package, "unsupplied", "applied")
    return web.Response()


def _cancel(
    call: Call, package: Package, quantities: dict[int, int], reason: int, keep_status: bool
) -> None:
    whole = sum(quantities.values()) == sum(line.quantity for line in package.lines)
    if whole:
        lifecycle.cancel(call.world, package, "Seller", REASONS[reason], reason)
        return
    lifecycle.cancel_part(
        call.world, package, quantities, "Seller", REASONS[reason], reason, keep_status
    )
