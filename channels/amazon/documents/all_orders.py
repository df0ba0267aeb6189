"""All orders by last update: what a reconciliation compares with; no buyer stands in it."""

from canonical.documents.columns import FlatKind, count, moment, number, text
from canonical.documents.head import Content
from canonical.documents.rows import OrderReportRow

ORDERS = FlatKind(
    content=Content.ORDERS,
    row=OrderReportRow,
    columns=(
        text("order_id", "amazon-order-id", filled=True),
        text("merchant_order_id", "merchant-order-id", needed=False),
        moment("placed_at", "purchase-date"),
        moment("changed_at", "last-updated-date"),
        text("order_status", "order-status"),
        text("fulfilled_by", "fulfillment-channel"),
        text("marketplace", "sales-channel", needed=False),
        text("sku", "sku"),
        text("asin", "asin", needed=False),
        text("item_status", "item-status", needed=False),
        count("quantity", "quantity"),
        text("currency", "currency"),
        number("item_price", "item-price"),
        number("item_tax", "item-tax", needed=False),
        number("shipping_price", "shipping-price", needed=False),
        number("shipping_tax", "shipping-tax", needed=False),
        number("gift_wrap_price", "gift-wrap-price", needed=False),
        number("gift_wrap_tax", "gift-wrap-tax", needed=False),
        number("item_discount", "item-promotion-discount", needed=False),
        number("shipping_discount", "ship-promotion-discount", needed=False),
    ),
)
