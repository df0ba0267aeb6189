"""What notifications say: one function a type."""

from typing import Any

from sandbox.amazon.market import MARKETPLACE_ID
from sandbox.amazon.model import Item, Order
from sandbox.amazon.stamps import iso
from sandbox.amazon.statuses import CANCELLED, PENDING, v0
from sandbox.amazon.stock import Stock


def order_change(order: Order, change_type: str, reason: str) -> dict[str, Any]:
    """ORDER_CHANGE: no prices, no names, no LastUpdateDate."""
    summary: dict[str, Any] = {
        "MarketplaceId": MARKETPLACE_ID,
        "OrderStatus": v0(order.status),
        "PurchaseDate": iso(order.purchased_at),
        "DestinationPostalCode": None if order.status == PENDING else order.person.postal_code,
        "FulfillmentType": order.channel,
        "OrderType": "StandardOrder",
        "NumberOfItemsShipped": sum(item.shipped for item in order.items),
        "NumberOfItemsUnshipped": sum(item.open for item in order.items),
        "EarliestShipDate": iso(order.ship_from),
        "LatestShipDate": iso(order.ship_by),
        "EarliestDeliveryDate": iso(order.deliver_from),
        "LatestDeliveryDate": iso(order.deliver_by),
        "OrderPrograms": ["Business"] if order.business else [],
        "ShippingPrograms": ["EasyShip"] if order.easy_ship else [],
        "OrderItems": [_item(order, item) for item in order.items],
    }
    if order.easy_ship_status:
        summary["EasyShipShipmentStatus"] = order.easy_ship_status
    return {
        "OrderChangeNotification": {
            "NotificationLevel": "OrderLevel",
            "SellerId": order.seller,
            "AmazonOrderId": order.order_id,
            "OrderChangeType": change_type,
            "OrderChangeTrigger": {
                "TimeOfOrderChange": iso(order.updated_at),
                "ChangeReason": reason,
            },
            "Summary": summary,
        }
    }


def _item(order: Order, item: Item) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "OrderItemId": item.item_id,
        "SellerSKU": item.sku,
        "SupplySourceId": None,
        "Quantity": item.quantity,
        "QuantityShipped": item.shipped,
        "IsBuyerRequestedCancel": bool(item.cancel_request),
        "ItemEarliestDeliveryDate": iso(order.deliver_from),
        "ItemLatestDeliveryDate": iso(order.deliver_by),
    }
    if order.status not in (PENDING, CANCELLED):
        shown["OrderItemStatus"] = "Unshipped" if item.open else "Shipped"
    return shown


def fba_inventory(stock: Stock) -> dict[str, Any]:
    """FBA_INVENTORY_AVAILABILITY_CHANGES: the quantities as they now are."""
    return {
        "SellerId": stock.seller,
        "FNSKU": stock.fnsku,
        "ASIN": stock.asin,
        "SKU": stock.sku,
        "FulfillmentInventoryByMarketplace": [
            {
                "MarketplaceId": MARKETPLACE_ID,
                "ItemName": stock.title,
                "FulfillmentInventory": {
                    "InboundQuantityBreakdown": {
                        "Working": 0,
                        "Shipped": stock.inbound,
                        "Receiving": 0,
                    },
                    "Fulfillable": stock.fulfillable,
                    "Unfulfillable": stock.unfulfillable,
                    "Researching": 0,
                    "ReservedQuantityBreakdown": {
                        "WarehouseProcessing": 0,
                        "WarehouseTransfer": 0,
                        "PendingCustomerOrder": stock.reserved,
                    },
                    "FutureSupplyBuyable": 0,
                    "PendingCustomerOrderInTransit": 0,
                },
            }
        ],
    }


def report_finished(
    seller: str, report_id: str, report_type: str, status: str, document_id: str
) -> dict[str, Any]:
    """REPORT_PROCESSING_FINISHED."""
    told = {
        "sellerId": seller,
        "accountId": f"amzn1.merchant.o.{seller}",
        "reportId": report_id,
        "reportType": report_type,
        "processingStatus": status,
    }
    if document_id:
        told["reportDocumentId"] = document_id
    return {"reportProcessingFinishedNotification": told}


def feed_finished(
    seller: str, feed_id: str, feed_type: str, status: str, document_id: str
) -> dict[str, Any]:
    """FEED_PROCESSING_FINISHED."""
    told = {
        "sellerId": seller,
        "accountId": f"amzn1.merchant.o.{seller}",
        "feedId": feed_id,
        "feedType": feed_type,
        "processingStatus": status,
    }
    if document_id:
        told["resultFeedDocumentId"] = document_id
    return {"feedProcessingFinishedNotification": told}
