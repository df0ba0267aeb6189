"""The stage's own way to place an order, for the Gulf."""

from typing import Any

from aiohttp import web

from sandbox.engine.seeds import rng
from sandbox.trendyol import lifecycle
from sandbox.trendyol.errors import bad_request, json_response
from sandbox.trendyol.gate import Call
from sandbox.trendyol.model import Line, Unit
from sandbox.trendyol.people import someone
from sandbox.trendyol.placing import new_line, new_package


async def place(call: Call) -> web.Response:
    """POST test/order/orders/core: barcodes and quantities, `microRegion` GULF."""
    body = await call.json_object()
    if body.get("microRegion") != "GULF":
        raise bad_request("invalid.request", "microRegion must be GULF")
    rows = body.get("lines")
    if not isinstance(rows, list) or not rows:
        raise bad_request("invalid.request", "lines must not be empty")
    lines = [_line(call, row, place) for place, row in enumerate(rows)]
    chance = rng(call.world.knobs.seed, call.seller, "test", lines[0].line_id)
    person = someone(chance, call.account.storefront)
    package = new_package(call.world, call.account, lines, person, chance)
    lifecycle.enter(call.world, package)
    return json_response({"orderNumber": package.order_number})


def _line(call: Call, row: Any, place: int) -> Line:
    barcode, quantity = (
        (row.get("barcode"), row.get("quantity")) if isinstance(row, dict) else (0, 0)
    )
    product = next((each for each in call.account.catalog if each.barcode == barcode), None)
    if product is None or type(quantity) is not int or quantity < 1:
        raise bad_request("invalid.request", "each line needs a known barcode and a quantity")
    return new_line(call.world, call.account, product, place, units=[Unit()] * quantity)
