"""The toy's own words: how it says no, how it shows an order, how it signs."""

import hashlib
import hmac

from aiohttp import web

from sandbox.stall.accounts import Seller
from sandbox.stall.orders import Order
from sandbox.stall.refusals import Refusal


def refuse(refusal: Refusal) -> web.Response:
    """The error body."""
    body = {"error": {"code": refusal.code, "message": refusal.words}}
    return web.json_response(body, status=refusal.status)


def render(order: Order) -> dict[str, object]:
    """An order as the API and webhooks show it. Ids are JSON numbers, however large."""
    return {
        "number": int(order.number),
        "status": order.status,
        "revision": order.revision,
        "placed": order.placed_at,
        "updated": order.updated_at,
        "currency": order.currency,
        "total": order.total,
        "items": [
            {
                "id": int(item.item_id),
                "sku": item.sku,
                "title": item.name,
                "quantity": item.quantity,
                "cancelled": item.cancelled,
                "price": item.unit_price,
                "discount": item.discount,
                "vat_rate": item.vat_rate,
            }
            for item in order.items
        ],
        "buyer": order.buyer,
        "ship_to": order.address,
        "carrier": order.carrier,
        "tracking": order.tracking,
    }


def sign(seller: Seller, body: bytes) -> dict[str, str]:
    """HMAC-SHA256 over the body."""
    mark = hmac.new(seller.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Toy-Signature": mark}
