"""Rows of the reports about Amazon's own warehouse. Columns are as recalled (ASSUMED)."""

from collections.abc import Iterable, Iterator

from sandbox.amazon.knobs import Knobs
from sandbox.amazon.market import COUNTRY, CURRENCY, MARKETPLACE_NAME
from sandbox.amazon.model import Item, Order, Package
from sandbox.amazon.reports.table import Row, number
from sandbox.amazon.stamps import plain

CENTRE = "RUH1"

SHIPMENT_COLUMNS = [
    "amazon-order-id",
    "merchant-order-id",
    "shipment-id",
    "shipment-item-id",
    "amazon-order-item-id",
    "merchant-order-item-id",
    "purchase-date",
    "payments-date",
    "shipment-date",
    "reporting-date",
    "buyer-email",
    "buyer-name",
    "buyer-phone-number",
    "sku",
    "product-name",
    "quantity-shipped",
    "currency",
    "item-price",
    "item-tax",
    "shipping-price",
    "shipping-tax",
    "gift-wrap-price",
    "gift-wrap-tax",
    "ship-service-level",
    "recipient-name",
    "ship-address-1",
    "ship-address-2",
    "ship-address-3",
    "ship-city",
    "ship-state",
    "ship-postal-code",
    "ship-country",
    "ship-phone-number",
    "item-promotion-discount",
    "ship-promotion-discount",
    "carrier",
    "tracking-number",
    "estimated-arrival-date",
    "fulfillment-center-id",
    "fulfillment-channel",
    "sales-channel",
]

RETURN_COLUMNS = [
    "return-date",
    "order-id",
    "sku",
    "asin",
    "fnsku",
    "product-name",
    "quantity",
    "fulfillment-center-id",
    "detailed-disposition",
    "reason",
    "status",
    "license-plate-number",
    "customer-comments",
]


def shipments(orders: Iterable[Order], start: int, end: int, knobs: Knobs) -> Iterator[Row]:
    """A row for each item of each package that left Amazon's warehouse in the time."""
    for order in orders:
        if order.channel != "AFN":
            continue
        for package in order.packages:
            if start <= package.shipped_at <= end:
                for item in order.items:
                    if package.items.get(item.item_id):
                        yield _shipment(order, package, item, knobs)


def _shipment(order: Order, package: Package, item: Item, knobs: Knobs) -> Row:
    quantity = package.items[item.item_id]
    first = item.item_id not in {
        each for other in order.packages[: order.packages.index(package)] for each in other.items
    }
    return {
        "amazon-order-id": order.order_id,
        "shipment-id": f"D{order.order_id[4:11]}{package.reference}",
        "shipment-item-id": f"{item.item_id[-9:]}{package.reference}",
        "amazon-order-item-id": item.item_id,
        "purchase-date": plain(order.purchased_at),
        "payments-date": plain(order.purchased_at),
        "shipment-date": plain(package.shipped_at),
        "reporting-date": plain(package.shipped_at),
        "sku": item.sku,
        "product-name": item.title,
        "quantity-shipped": str(quantity),
        "currency": CURRENCY,
        "item-price": number(item.unit_price * quantity, knobs),
        "item-tax": number(item.price * 0, knobs),
        "shipping-price": number(item.shipping if first else item.shipping * 0, knobs),
        "ship-service-level": "Standard",
        "ship-city": order.person.city,
        "ship-state": order.person.region,
        "ship-postal-code": order.person.postal_code,
        "ship-country": COUNTRY,
        "item-promotion-discount": number(-item.discount if first else item.discount * 0, knobs),
        "carrier": package.carrier,
        "tracking-number": package.tracking,
        "estimated-arrival-date": plain(order.deliver_by),
        "fulfillment-center-id": CENTRE,
        "fulfillment-channel": "AFN",
        "sales-channel": MARKETPLACE_NAME,
    }


def returns(orders: Iterable[Order], start: int, end: int, fnskus: dict[str, str]) -> Iterator[Row]:
    """A row for each return that reached Amazon's warehouse in the time."""
    for order in orders:
        for back in order.returns:
            item = order.item(back.item_id)
            if item is not None and start <= back.at <= end:
                yield {
                    "return-date": plain(back.at),
                    "order-id": order.order_id,
                    "sku": item.sku,
                    "asin": item.asin,
                    "fnsku": fnskus.get(item.sku, ""),
                    "product-name": item.title,
                    "quantity": str(back.quantity),
                    "fulfillment-center-id": CENTRE,
                    "detailed-disposition": "SELLABLE" if back.sellable else "CUSTOMER_DAMAGED",
                    "reason": back.reason,
                    "status": "Unit returned to inventory",
                    "license-plate-number": back.plate,
                }
