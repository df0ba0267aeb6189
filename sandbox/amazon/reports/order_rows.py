"""Rows of the order reports: all orders by last update, and what waits to be shipped."""

from collections.abc import Iterable, Iterator

from sandbox.amazon.knobs import Knobs
from sandbox.amazon.market import COUNTRY, CURRENCY, MARKETPLACE_NAME
from sandbox.amazon.model import Item, Order
from sandbox.amazon.reports.table import Row, number
from sandbox.amazon.stamps import plain
from sandbox.amazon.statuses import OPEN, PENDING, v0

ALL_ORDERS_COLUMNS = [
    "amazon-order-id",
    "merchant-order-id",
    "purchase-date",
    "last-updated-date",
    "order-status",
    "fulfillment-channel",
    "sales-channel",
    "order-channel",
    "ship-service-level",
    "product-name",
    "sku",
    "asin",
    "item-status",
    "quantity",
    "currency",
    "item-price",
    "item-tax",
    "shipping-price",
    "shipping-tax",
    "gift-wrap-price",
    "gift-wrap-tax",
    "item-promotion-discount",
    "ship-promotion-discount",
    "ship-city",
    "ship-state",
    "ship-postal-code",
    "ship-country",
    "promotion-ids",
    "is-business-order",
    "purchase-order-number",
    "price-designation",
]
"""Order Tracking reports attributes."""

ACTIONABLE_COLUMNS = [
    "order-id",
    "order-item-id",
    "purchase-date",
    "payments-date",
    "buyer-email",
    "buyer-name",
    "buyer-phone-number",
    "sku",
    "product-name",
    "quantity-purchased",
    "quantity-shipped",
    "ship-service-level",
    "recipient-name",
    "ship-address-1",
    "ship-address-2",
    "ship-address-3",
    "ship-city",
    "ship-state",
    "ship-postal-code",
    "ship-country",
]
"""As recalled (ASSUMED)."""


def all_orders(orders: Iterable[Order], start: int, end: int, knobs: Knobs) -> Iterator[Row]:
    """A row for each item of each order that changed in the time."""
    for order in orders:
        if start <= order.updated_at <= end:
            for item in order.items:
                yield _row(order, item, knobs)


def _row(order: Order, item: Item, knobs: Knobs) -> Row:
    row = {
        "amazon-order-id": order.order_id,
        "merchant-order-id": order.seller_order_id,
        "purchase-date": plain(order.purchased_at),
        "last-updated-date": plain(order.updated_at),
        "order-status": v0(order.status).replace("Canceled", "Cancelled"),
        "fulfillment-channel": "Amazon" if order.channel == "AFN" else "Merchant",
        "sales-channel": MARKETPLACE_NAME,
        "order-channel": "",
        "ship-service-level": "Standard",
        "product-name": item.title,
        "sku": item.sku,
        "asin": item.asin,
        "item-status": _item_status(order, item),
        "quantity": str(item.quantity - item.cancelled),
        "ship-city": order.person.city,
        "ship-state": order.person.region,
        "ship-postal-code": order.person.postal_code,
        "ship-country": COUNTRY,
        "promotion-ids": item.promotion_id,
        "is-business-order": "true" if order.business else "false",
    }
    if order.status != PENDING and not item.cancelled:
        row |= {
            "currency": CURRENCY,
            "item-price": number(item.price, knobs),
            "item-tax": number(item.price * 0, knobs),
            "shipping-price": number(item.shipping, knobs) if item.shipping else "",
            "item-promotion-discount": number(item.discount, knobs) if item.discount else "",
        }
    return row


def _item_status(order: Order, item: Item) -> str:
    if item.cancelled:
        return "Cancelled"
    return "Shipped" if not item.open else "Pending" if order.status == PENDING else "Unshipped"


def actionable(orders: Iterable[Order]) -> Iterator[Row]:
    """A row for each item of the merchant's orders that waits to be shipped."""
    for order in orders:
        if order.channel != "MFN" or order.status not in OPEN:
            continue
        for item in order.items:
            if item.open:
                person = order.person
                yield {
                    "order-id": order.order_id,
                    "order-item-id": item.item_id,
                    "purchase-date": plain(order.purchased_at),
                    "payments-date": plain(order.purchased_at),
                    "buyer-email": person.email,
                    "buyer-name": person.name,
                    "buyer-phone-number": person.phone,
                    "sku": item.sku,
                    "product-name": item.title,
                    "quantity-purchased": str(item.quantity),
                    "quantity-shipped": str(item.shipped),
                    "ship-service-level": "Standard",
                    "recipient-name": person.name,
                    "ship-address-1": person.line1,
                    "ship-address-2": person.line2,
                    "ship-city": person.city,
                    "ship-state": person.region,
                    "ship-postal-code": person.postal_code,
                    "ship-country": COUNTRY,
                }
