"""Orders as 2026-01-01 shows them: camelCase, no wrapper, views by includedData."""

from typing import Any

from sandbox.amazon.knobs import Knobs
from sandbox.amazon.market import COUNTRY, MARKETPLACE_ID, MARKETPLACE_NAME
from sandbox.amazon.model import Item, Order, Package
from sandbox.amazon.render.money import item_proceeds, money, order_proceeds
from sandbox.amazon.stamps import iso
from sandbox.amazon.statuses import (
    DELIVERED,
    PENDING,
    REJECTED_BY_BUYER,
    RETURNED_TO_SELLER,
)

INCLUDED = frozenset(
    {
        "BUYER",
        "RECIPIENT",
        "PROCEEDS",
        "EXPENSE",
        "PROMOTION",
        "CANCELLATION",
        "FULFILLMENT",
        "PACKAGES",
        "TAX",
        "PAYMENT",
        "FULFILLMENT_ORDERS",
    }
)


EASY_SHIP_PACKAGES = {
    DELIVERED: {"status": "DELIVERED", "detailedStatus": "DELIVERED"},
    REJECTED_BY_BUYER: {"status": "UNDELIVERABLE", "detailedStatus": "REJECTED_BY_BUYER"},
    RETURNED_TO_SELLER: {"status": "UNDELIVERABLE", "detailedStatus": "RETURNED_TO_SELLER"},
}
"""ASSUMED that a refused package counts as a "package delivery failure" (model, PackageStatus)."""


def render(order: Order, included: frozenset[str], roles: frozenset[str], knobs: Knobs) -> Any:
    """An order with the parts that were asked for and that the application's roles open."""
    shown: dict[str, Any] = {
        "orderId": order.order_id,
        "createdTime": iso(order.purchased_at),
        "lastUpdatedTime": iso(order.updated_at),
        "programs": _programs(order),
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": MARKETPLACE_ID,
            "marketplaceName": MARKETPLACE_NAME,
        },
        "orderItems": [_item(order, item, included, knobs) for item in order.items],
    }
    if order.seller_order_id:
        alias = {"aliasId": order.seller_order_id, "aliasType": "SELLER_ORDER_ID"}
        shown["orderAliases"] = [alias]
    priced = order.status != PENDING or knobs.pending_prices
    if "FULFILLMENT" in included:
        shown["fulfillment"] = _fulfillment(order)
    if "BUYER" in included and "tax" in roles and order.status != PENDING:
        shown["buyer"] = _buyer(order)
    if "RECIPIENT" in included and "shipping" in roles and order.status != PENDING:
        shown["recipient"] = {"deliveryAddress": _address(order)}
    if "PROCEEDS" in included and priced:
        shown["proceeds"] = order_proceeds(order, knobs)
    if "PAYMENT" in included and priced:
        method = "CashOnDelivery" if order.cod else "CreditCard"
        paid = {"paymentMethod": method, "paymentAmount": money(order.total, order.currency)}
        shown["payment"] = {"paymentExecutions": [paid]}
    if "PACKAGES" in included and order.channel == "MFN":
        shown["packages"] = [_package(order, package) for package in order.packages]
    return _bare(order, shown) if order.bare else shown


def _bare(order: Order, shown: dict[str, Any]) -> dict[str, Any]:
    """What the model requires, and of the rest only what makes it an order: status, SKU, money."""
    bare: dict[str, Any] = {
        "orderId": order.order_id,
        "createdTime": shown["createdTime"],
        "lastUpdatedTime": shown["lastUpdatedTime"],
        "salesChannel": {"channelName": "AMAZON"},
        "orderItems": [],
    }
    for item in shown["orderItems"]:
        kept = {name: item[name] for name in ("orderItemId", "quantityOrdered")}
        product = item["product"]
        kept["product"] = {x: product[x] for x in ("sellerSku", "price") if x in product}
        bare["orderItems"].append(kept | {x: item[x] for x in ("proceeds",) if x in item})
    if "proceeds" in shown:
        bare["proceeds"] = shown["proceeds"]
    if "fulfillment" in shown:
        bare["fulfillment"] = {"fulfillmentStatus": order.status}
    return bare


def _programs(order: Order) -> list[str]:
    programs = ["AMAZON_EASY_SHIP"] if order.easy_ship else []
    return [*programs, "AMAZON_BUSINESS"] if order.business else programs


def _fulfillment(order: Order) -> dict[str, Any]:
    return {
        "fulfillmentStatus": order.status,
        "fulfilledBy": "AMAZON" if order.channel == "AFN" else "MERCHANT",
        "fulfillmentServiceLevel": "STANDARD",
        "shipByWindow": {
            "earliestDateTime": iso(order.ship_from),
            "latestDateTime": iso(order.ship_by),
        },
        "deliverByWindow": {
            "earliestDateTime": iso(order.deliver_from),
            "latestDateTime": iso(order.deliver_by),
        },
    }


def _buyer(order: Order) -> dict[str, Any]:
    buyer = {"buyerName": order.person.name}
    if order.channel == "MFN":
        buyer["buyerEmail"] = order.person.email
    if order.business:
        buyer["buyerCompanyName"] = "شركة النخيل للتجارة"
        buyer["buyerPurchaseOrderNumber"] = f"PO-{order.order_id[-5:]}"
    return buyer


def _address(order: Order) -> dict[str, Any]:
    person = order.person
    shown = {
        "name": person.name,
        "addressLine1": person.line1,
        "city": person.city,
        "districtOrCounty": person.district,
        "stateOrRegion": person.region,
        "postalCode": person.postal_code,
        "countryCode": COUNTRY,
        "phone": person.phone,
        "addressType": "COMMERCIAL" if order.business else "RESIDENTIAL",
    }
    return shown | ({"addressLine2": person.line2} if person.line2 else {})


def _package(order: Order, package: Package) -> dict[str, Any]:
    status = {"status": "SHIPPED"} | EASY_SHIP_PACKAGES.get(order.easy_ship_status, {})
    return {
        "packageReferenceId": package.reference,
        "createdTime": iso(package.shipped_at),
        "packageStatus": status,
        "carrier": package.carrier,
        "shipTime": iso(package.shipped_at),
        "shippingService": package.method,
        "trackingNumber": package.tracking,
        "packageItems": [
            {"orderItemId": item_id, "quantity": quantity}
            for item_id, quantity in package.items.items()
        ],
    }


def _item(order: Order, item: Item, included: frozenset[str], knobs: Knobs) -> dict[str, Any]:
    product: dict[str, Any] = {
        "asin": item.asin,
        "title": item.title,
        "sellerSku": item.sku,
        "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
    }
    shown: dict[str, Any] = {
        "orderItemId": item.item_id,
        "quantityOrdered": item.quantity,
        "product": product,
    }
    if "PROCEEDS" in included and (order.status != PENDING or knobs.pending_prices):
        product["price"] = {"unitPrice": money(item.unit_price, order.currency)}
        shown["proceeds"] = item_proceeds(item, order.currency, knobs)
    if "PROMOTION" in included and item.promotion_id:
        shown["promotion"] = {"breakdowns": [{"promotionId": item.promotion_id}]}
    if "FULFILLMENT" in included:
        shown["fulfillment"] = {
            "quantityFulfilled": item.shipped,
            "quantityUnfulfilled": item.open,
        }
    if "CANCELLATION" in included and (cancellation := _cancellation(item)):
        shown["cancellation"] = cancellation
    if "TAX" in included:
        shown["tax"] = {"taxCollections": []}
    return shown


def _cancellation(item: Item) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if item.cancel_request:
        shown["cancellationRequest"] = {
            "requester": "BUYER",
            "cancelReason": item.cancel_request,
        }
    if item.cancelled:
        shown["cancellationExecution"] = {
            "cancelledBy": item.cancelled_by,
            "cancelReason": item.cancel_reason,
        }
    return shown
