"""The same orders as v0 shows them: PascalCase, line totals, PII only with a restricted token."""

from decimal import Decimal
from typing import Any

from sandbox.amazon.market import COUNTRY, MARKETPLACE_ID, MARKETPLACE_NAME
from sandbox.amazon.model import Item, Order
from sandbox.amazon.render.money import money_v0
from sandbox.amazon.stamps import iso
from sandbox.amazon.statuses import PENDING, v0


def render(order: Order, elements: frozenset[str]) -> dict[str, Any]:
    """An order; `elements` are what a restricted data token opens."""
    shown: dict[str, Any] = {
        "AmazonOrderId": order.order_id,
        "PurchaseDate": iso(order.purchased_at),
        "LastUpdateDate": iso(order.updated_at),
        "OrderStatus": v0(order.status),
        "FulfillmentChannel": order.channel,
        "SalesChannel": MARKETPLACE_NAME,
        "MarketplaceId": MARKETPLACE_ID,
        "NumberOfItemsShipped": sum(item.shipped for item in order.items),
        "NumberOfItemsUnshipped": sum(item.open for item in order.items),
        "PaymentMethod": "COD" if order.cod else "Other",
        "PaymentMethodDetails": ["CashOnDelivery" if order.cod else "Standard"],
        "ShipServiceLevel": "Std SA D2D Dom",
        "ShipmentServiceLevelCategory": "Standard",
        "OrderType": "StandardOrder",
        "EarliestShipDate": iso(order.ship_from),
        "LatestShipDate": iso(order.ship_by),
        "EarliestDeliveryDate": iso(order.deliver_from),
        "LatestDeliveryDate": iso(order.deliver_by),
        "IsBusinessOrder": order.business,
        "IsPrime": False,
        "IsReplacementOrder": False,
    }
    if order.seller_order_id:
        shown["SellerOrderId"] = order.seller_order_id
    if order.easy_ship_status:
        shown["EasyShipShipmentStatus"] = order.easy_ship_status
    if order.status != PENDING:
        shown["OrderTotal"] = money_v0(order.total, order.currency)
        if elements & {"whole", "shippingAddress"}:
            shown["ShippingAddress"] = address(order)
        if elements & {"whole", "buyerInfo"}:
            shown["BuyerInfo"] = buyer(order)
    return shown


def address(order: Order) -> dict[str, Any]:
    """ShippingAddress."""
    person = order.person
    shown = {
        "Name": person.name,
        "AddressLine1": person.line1,
        "City": person.city,
        "District": person.district,
        "StateOrRegion": person.region,
        "PostalCode": person.postal_code,
        "CountryCode": COUNTRY,
        "Phone": person.phone,
        "AddressType": "Commercial" if order.business else "Residential",
    }
    return shown | ({"AddressLine2": person.line2} if person.line2 else {})


def buyer(order: Order) -> dict[str, Any]:
    """BuyerInfo."""
    return {"BuyerEmail": order.person.email, "BuyerName": order.person.name}


def item(order: Order, line: Item) -> dict[str, Any]:
    """An order item. ItemPrice is the line's, with VAT; ItemTax is nought (ASSUMED for KSA)."""
    shown: dict[str, Any] = {
        "ASIN": line.asin,
        "SellerSKU": line.sku,
        "OrderItemId": line.item_id,
        "Title": line.title,
        "QuantityOrdered": line.quantity,
        "QuantityShipped": line.shipped,
        "ConditionId": "New",
        "ConditionSubtypeId": "New",
        "IsGift": "false",
        "BuyerRequestedCancel": {
            "IsBuyerRequestedCancel": "true" if line.cancel_request else "false",
            "BuyerCancelReason": line.cancel_request,
        },
    }
    if order.status == PENDING:
        return shown

    def priced(**amounts: Decimal) -> dict[str, Any]:
        return {name: money_v0(amount, order.currency) for name, amount in amounts.items()}

    shown |= priced(ItemPrice=line.price, ItemTax=Decimal(0))
    if line.shipping:
        shown |= priced(ShippingPrice=line.shipping, ShippingTax=Decimal(0))
    if line.discount:
        shown |= priced(PromotionDiscount=line.discount, PromotionDiscountTax=Decimal(0))
        shown["PromotionIds"] = [line.promotion_id]
    if line.cod_fee:
        shown |= priced(CODFee=line.cod_fee)
    return shown
