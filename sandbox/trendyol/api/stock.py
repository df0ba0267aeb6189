"""Stock and price: batches in, results out."""

import json
from decimal import Decimal
from typing import Any

from aiohttp import web

from sandbox.engine.seeds import rng
from sandbox.trendyol.api.fields import of_number
from sandbox.trendyol.batches import Item, batch_wire
from sandbox.trendyol.errors import ApiError, bad_request, json_response
from sandbox.trendyol.gate import Call

MAX_ITEMS = 1000


async def update(call: Call) -> web.Response:
    """POST price-and-inventory: 1..1000 rows; the same body again within 15 minutes is refused."""
    body = await call.json_object()
    world, knobs = call.world, call.world.knobs
    items = _items(body)
    text = json.dumps(body, default=str, sort_keys=True)
    repeated = knobs.repeat_rule != "off" and world.batches.repeated(call.seller, text)
    if repeated and knobs.repeat_rule == "refuse":
        world.ledger.wrote(call.seller, call.operation, "batch", "all", "refused")
        raise bad_request("repeated.request")
    batch = world.batches.submit(call.seller, items, call.home, repeated)
    delay = rng(knobs.seed, batch.id).uniform(*knobs.batch_delay_s)
    world.timers.after(knobs.scaled(delay), "batch.work_off", batch=batch.id)
    world.timers.after(knobs.scaled(knobs.batch_life_s), "batch.expire", batch=batch.id)
    world.ledger.wrote(call.seller, call.operation, "batch", "all", "applied")
    return json_response({"batchRequestId": batch.id})


async def result(call: Call) -> web.Response:
    """GET batch-requests/{id}: 404 once it has expired (ASSUMED)."""
    batch = call.world.batches.get(call.seller, call.request.match_info["batch"])
    if batch is None:
        raise ApiError(404, "batch.request.not.found", "Batch request not found")
    return json_response(batch_wire(batch))


def _items(body: dict[str, Any]) -> list[Item]:
    rows = body.get("items")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_ITEMS:
        raise bad_request("invalid.items", "items must hold 1 to 1000 rows")
    return [_item(row) for row in rows]


def _item(row: Any) -> Item:
    if not isinstance(row, dict) or not isinstance(row.get("barcode"), str):
        raise bad_request("invalid.items", "each row needs a barcode")
    numbers: dict[str, int | Decimal | None] = {
        name: of_number(row, name) for name in ("quantity", "salePrice", "listPrice")
    }
    if all(value is None for value in numbers.values()):
        raise bad_request("invalid.items", f"{row['barcode']} has neither quantity nor price")
    return Item.model_validate(
        {
            "barcode": row["barcode"],
            "quantity": numbers["quantity"],
            "sale_price": numbers["salePrice"],
            "list_price": numbers["listPrice"],
        }
    )
