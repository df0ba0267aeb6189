"""What left Amazon's warehouse. Buyers stand in the file; none of them is read into a row."""

from canonical.documents.columns import FlatKind, count, moment, number, text
from canonical.documents.head import Content
from canonical.documents.rows import ShipmentRow

SHIPMENTS = FlatKind(
    content=Content.SHIPMENTS,
    row=ShipmentRow,
    columns=(
        text("order_id", "amazon-order-id", filled=True),
        text("shipment_id", "shipment-id"),
        text("shipment_item_id", "shipment-item-id", needed=False),
        text("order_item_id", "amazon-order-item-id"),
        moment("placed_at", "purchase-date", needed=False),
        moment("shipped_at", "shipment-date"),
        text("sku", "sku"),
        count("quantity", "quantity-shipped"),
        text("currency", "currency"),
        number("item_price", "item-price"),
        number("item_tax", "item-tax", needed=False),
        number("shipping_price", "shipping-price", needed=False),
        number("shipping_tax", "shipping-tax", needed=False),
        number("item_discount", "item-promotion-discount", needed=False),
        number("shipping_discount", "ship-promotion-discount", needed=False),
        text("carrier", "carrier", needed=False),
        text("tracking_number", "tracking-number", needed=False),
        text("warehouse", "fulfillment-center-id", needed=False),
    ),
)
