"""The package that a call names, and the units that it asks for."""

from typing import Any

from sandbox.trendyol.errors import ApiError, bad_request, not_updatable
from sandbox.trendyol.gate import Call
from sandbox.trendyol.model import Package


def asked_package(call: Call) -> Package:
    """The package of the path.

    Raises:
        ApiError: 404 `shipment.package.not.found` (ASSUMED), on a foreign storefront too.
    """
    text = call.request.match_info["package"]
    package = None
    if text.isdigit() and call.home:
        package = call.world.packages.get(call.seller, int(text))
    if package is None:
        raise ApiError(404, "shipment.package.not.found")
    return package


def asked_quantities(package: Package, lines: Any, id_name: str = "lineId") -> dict[int, int]:
    """Units by lineId out of a body's lines.

    Raises:
        ApiError: 400 for no lines, an unknown line or more units than there are (ASSUMED key).
    """
    if not isinstance(lines, list) or not lines:
        raise bad_request("invalid.request", "lines must not be empty")
    asked: dict[int, int] = {}
    for row in lines:
        line_id, quantity = _row(row, id_name)
        asked[line_id] = asked.get(line_id, 0) + quantity
    for line_id, quantity in asked.items():
        line = package.line(line_id)
        if line is None:
            raise not_updatable(f"Line {line_id} is not in package {package.package_id}")
        if quantity > line.quantity:
            raise not_updatable(f"Line {line_id} has {line.quantity} units, not {quantity}")
    return asked


def _row(row: Any, id_name: str) -> tuple[int, int]:
    if isinstance(row, dict):
        line_id, quantity = row.get(id_name), row.get("quantity")
        if type(line_id) is int and type(quantity) is int and quantity > 0:
            return line_id, quantity
    raise bad_request("invalid.request", f"each line needs {id_name} and a quantity above 0")


def wrote(call: Call, package: Package, what: str, effect: str) -> None:
    """Tells the ledger what a write did."""
    call.world.ledger.wrote(
        call.seller, call.operation, what, str(package.package_id), effect, package.order_number
    )
