"""Products as a seller reads them back."""

from typing import Any

from aiohttp import web

from sandbox.trendyol.api.query import page_of, words
from sandbox.trendyol.errors import ApiError, bad_request, json_response
from sandbox.trendyol.gate import Call
from sandbox.trendyol.offers import Offer
from sandbox.trendyol.placing import content_id

STATUSES = ("archived", "blacklisted", "locked", "onSale")
DATE_TYPES = ("VARIANT_CREATED_DATE", "VARIANT_MODIFIED_DATE", "CONTENT_MODIFIED_DATE")
MAX_BARCODES = 50
MAX_BUYBOX = 10


async def approved(call: Call) -> web.Response:
    """GET products/approved: rows are contents with variants."""
    query = call.request.query
    status = query.get("status", "onSale")
    if status not in STATUSES:
        raise bad_request("invalid.parameter", f"status must be one of {', '.join(STATUSES)}")
    if query.get("dateQueryType", DATE_TYPES[0]) not in DATE_TYPES:
        raise bad_request("invalid.parameter", "dateQueryType is unknown")
    wanted = {
        "barcode": query.get("barcode"),
        "stock_code": query.get("stockCode"),
        "content": query.get("contentId"),
    }
    offers = [offer for offer in _mine(call) if status == "onSale" and _fits(offer, wanted)]
    return _page(call, [_content(offer) for offer in offers])


async def unapproved(call: Call) -> web.Response:
    """GET products/unapproved: every product of the sandbox is approved."""
    page, size = page_of(call.request, 50, 1000)
    empty = {"content": [], "page": page, "size": size, "totalPages": 0, "totalElements": 0}
    return json_response(empty)


async def inventory(call: Call) -> web.Response:
    """GET products/approved/inventory-and-price: what is really on sale."""
    barcodes = words(call.request, "barcodes")
    if len(barcodes) > MAX_BARCODES:
        raise bad_request("invalid.parameter", f"barcodes takes {MAX_BARCODES} at most")
    offers = [offer for offer in _mine(call) if not barcodes or offer.barcode in barcodes]
    rows = [
        {"contentId": content_id(offer.barcode), "variants": [_figures(offer)]} for offer in offers
    ]
    return _page(call, rows)


async def one(call: Call) -> web.Response:
    """GET product/{barcode}."""
    offer = None
    if call.home:
        offer = call.world.offers.get(call.seller, call.request.match_info["barcode"])
    if offer is None:
        raise ApiError(404, "product.not.found", "Product not found")
    return json_response(_content(offer) | _figures(offer))


async def buybox(call: Call) -> web.Response:
    """POST products/buybox-information: rank and price of up to ten barcodes."""
    barcodes = (await call.json_object()).get("barcodes")
    if not isinstance(barcodes, list) or not 1 <= len(barcodes) <= MAX_BUYBOX:
        raise bad_request("invalid.parameter", f"barcodes must hold 1 to {MAX_BUYBOX}")
    rows = [
        {
            "barcode": offer.barcode,
            "buyboxOrder": 1,
            "buyboxPrice": offer.sale_price,
            "hasMultipleSeller": False,
        }
        for offer in _mine(call)
        if offer.barcode in barcodes
    ]
    return json_response({"buyboxInfo": rows})


def _mine(call: Call) -> list[Offer]:
    return call.world.offers.of_seller(call.seller) if call.home else []


def _fits(offer: Offer, wanted: dict[str, str | None]) -> bool:
    has = {
        "barcode": offer.barcode,
        "stock_code": offer.stock_code,
        "content": str(content_id(offer.barcode)),
    }
    return all(value in (None, has[name]) for name, value in wanted.items())


def _content(offer: Offer) -> dict[str, Any]:
    return {
        "contentId": content_id(offer.barcode),
        "title": offer.name,
        "brand": {"id": 1, "name": "Souk"},
        "category": {"id": 1, "name": "Home"},
        "variants": [
            {
                "barcode": offer.barcode,
                "stockCode": offer.stock_code,
                "onSale": True,
                "archived": False,
                "blacklisted": False,
                "locked": False,
                "vatRate": 15,
            }
        ],
    }


def _figures(offer: Offer) -> dict[str, Any]:
    return {
        "barcode": offer.barcode,
        "stockCode": offer.stock_code,
        "quantity": offer.quantity,
        "salePrice": offer.sale_price,
        "listPrice": offer.list_price,
        "stockLastModifiedDate": offer.changed_at,
    }


def _page(call: Call, rows: list[dict[str, Any]]) -> web.Response:
    page, size = page_of(call.request, 20, 100)
    return json_response(
        {
            "content": rows[page * size : (page + 1) * size],
            "page": page,
            "size": size,
            "totalPages": -(-len(rows) // size),
            "totalElements": len(rows),
        }
    )
