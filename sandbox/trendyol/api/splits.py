"""Splitting a package: it dies UnPacked and its parts follow, each in a package of its own."""

from typing import Any

from aiohttp import web

from sandbox.trendyol import lifecycle
from sandbox.trendyol.api.packages_of import asked_package, asked_quantities, wrote
from sandbox.trendyol.errors import bad_request, not_updatable
from sandbox.trendyol.gate import Call
from sandbox.trendyol.model import Package
from sandbox.trendyol.statuses import SELLER_MAY_CHANGE


async def split_packages(call: Call) -> web.Response:
    """POST split-packages: units that no part names form one more package."""
    body = await call.json_object()
    package = asked_package(call)
    parts = body.get("splitPackages")
    if not isinstance(parts, list) or not parts:
        raise bad_request("invalid.request", "splitPackages must not be empty")
    quantities = [asked_quantities(package, _details(part), "orderLineId") for part in parts]
    _split(call, package, quantities, bool(body.get("shouldKeepPreviousStatus")))
    return web.Response()


async def split_lines(call: Call) -> web.Response:
    """POST split: the named lines leave the others."""
    body = await call.json_object()
    package = asked_package(call)
    ids = body.get("orderLineIds")
    if not isinstance(ids, list) or not ids:
        raise bad_request("invalid.request", "orderLineIds must not be empty")
    rows = [
        {"lineId": line.line_id, "quantity": line.quantity}
        for line in map(package.line, ids)
        if line is not None
    ]
    if len(rows) != len(set(ids)):
        raise not_updatable("orderLineIds names a line that is not in the package, or one twice")
    _split(call, package, [asked_quantities(package, rows)], keep_status=False)
    return web.Response()


def _details(part: Any) -> list[Any]:
    rows = part.get("packageDetails") if isinstance(part, dict) else None
    if not isinstance(rows, list):
        raise bad_request("invalid.request", "each part needs packageDetails")
    return [
        {"orderLineId": row.get("orderLineId"), "quantity": row.get("quantities")}
        for row in rows
        if isinstance(row, dict)
    ]


def _split(
    call: Call, package: Package, quantities: list[dict[int, int]], keep_status: bool
) -> None:
    if package.status not in SELLER_MAY_CHANGE:
        wrote(call, package, "split", "refused")
        raise not_updatable(f"Package is {package.status}, it cannot be split")
    try:
        lifecycle.split(call.world, package, quantities, "split", "seller", keep_status)
    except ValueError as trouble:
        wrote(call, package, "split", "refused")
        raise not_updatable(str(trouble)) from trouble
    wrote(call, package, "split", "applied")
