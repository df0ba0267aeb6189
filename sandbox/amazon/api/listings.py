"""Listings Items 2021-08-01: one SKU's stock and price (section 4.2)."""

import uuid
from typing import Any

from sandbox.amazon.api.windows import csv_of
from sandbox.amazon.errors import denied, invalid, not_found
from sandbox.amazon.feeds import listings
from sandbox.amazon.gate import Call, Reply
from sandbox.amazon.market import CURRENCY, MARKETPLACE_ID
from sandbox.amazon.stock import Stock


async def get_item(call: Call) -> Reply:
    """GET /listings/2021-08-01/items/{sellerId}/{sku}."""
    stock = _stock(call)
    offer = {
        "marketplaceId": MARKETPLACE_ID,
        "offerType": "B2C",
        "price": {"currencyCode": CURRENCY, "amount": f"{stock.price:.2f}"},
    }
    available = {"fulfillmentChannelCode": "DEFAULT", "quantity": stock.quantity}
    return Reply({"sku": stock.sku, "offers": [offer], "fulfillmentAvailability": [available]})


async def patch_item(call: Call) -> Reply:
    """PATCH the same: INVALID comes with 200 too."""
    stock, body = _stock(call), await call.json_object()
    if not body.get("productType") or not isinstance(body.get("patches"), list):
        raise invalid("productType and patches are required.")
    issues: list[dict[str, Any]] = []
    preview = call.query.get("mode") == "VALIDATION_PREVIEW"
    status = "VALID" if preview else "ACCEPTED"
    submission = uuid.uuid4().hex
    try:
        if not preview:
            listings.patch(
                call.world, call.seller, stock.sku, body["patches"], f"patch {submission}"
            )
    except listings.Invalid as trouble:
        status = "INVALID"
        issues.append(
            {"code": trouble.code, "message": str(trouble), "severity": "ERROR", "categories": []}
        )
    effect = "refused" if issues else "applied"
    call.world.ledger.wrote(call.seller, call.operation.name, "patch", stock.sku, effect)
    return Reply({"sku": stock.sku, "status": status, "submissionId": submission, "issues": issues})


def _stock(call: Call) -> Stock:
    if call.path("sellerId") != call.seller:
        raise denied()
    if MARKETPLACE_ID not in csv_of(call.query.get("marketplaceIds")):
        raise invalid("marketplaceIds is required.")
    stock = call.world.stocks.get(call.seller, call.path("sku"))
    if stock is None:
        raise not_found("The SKU does not exist.")
    return stock
