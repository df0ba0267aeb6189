"""Bodies as Amazon puts them on a queue."""

import json
from typing import Any

ORDER = "408-7315926-4482713"


def order_change(
    order_id: str = ORDER, *, seller: str = "A2KSATESTSELLR", at: str = "2026-11-24T09:14:05.000Z"
) -> dict[str, Any]:
    """ORDER_CHANGE, with capital names and the nulls that its schema allows."""
    return {
        "NotificationVersion": "1.0",
        "NotificationType": "ORDER_CHANGE",
        "PayloadVersion": "1.0",
        "EventTime": "2026-11-24T09:14:31.207Z",
        "Payload": {
            "OrderChangeNotification": {
                "NotificationLevel": "OrderLevel",
                "SellerId": seller,
                "AmazonOrderId": order_id,
                "OrderChangeType": "OrderStatusChange",
                "OrderChangeTrigger": {"TimeOfOrderChange": at, "ChangeReason": "Status"},
                "Summary": {
                    "MarketplaceId": "A17E79C6D8DWNP",
                    "OrderStatus": "Unshipped",
                    "PurchaseDate": None,
                    "DestinationPostalCode": None,
                    "FulfillmentType": "MFN",
                    "OrderType": "StandardOrder",
                    "OrderItems": [
                        {
                            "OrderItemId": "60418273915522",
                            "SellerSKU": "KSA-TEA-0250",
                            "SupplySourceId": None,
                            "Quantity": 2,
                        }
                    ],
                },
            }
        },
        "NotificationMetadata": {
            "ApplicationId": "amzn1.sp.solution.5d0a4a1e",
            "SubscriptionId": "sub-riyadh",
            "PublishTime": "2026-11-24T09:14:31.655Z",
            "NotificationId": "c2a7b9de-3f11-4c7d-8a0b-5e9d6f2a1b34",
        },
    }


def report_finished(report_id: str, *, seller: str | None = "A3KSATESTSELLR") -> dict[str, Any]:
    """REPORT_PROCESSING_FINISHED, with small names."""
    return {
        "notificationVersion": "2020-09-04",
        "notificationType": "REPORT_PROCESSING_FINISHED",
        "payloadVersion": "2020-09-04",
        "eventTime": "2026-11-24T04:02:11.118Z",
        "payload": {
            "reportProcessingFinishedNotification": {
                "sellerId": seller,
                "accountId": "amzn1.merchant.o.A3KSATESTSELLR",
                "reportId": report_id,
                "reportType": "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2",
                "processingStatus": "DONE",
                "reportDocumentId": "amzn1.spdoc.1.4.eu.0d3f0b52",
            }
        },
        "notificationMetadata": {
            "applicationId": "amzn1.sp.solution.5d0a4a1e",
            "subscriptionId": "sub-jeddah",
            "publishTime": "2026-11-24T04:02:12.101Z",
            "notificationId": f"note-{report_id}",
        },
    }


def text(value: Any) -> str:
    """As it is on the queue."""
    return json.dumps(value, ensure_ascii=False)
