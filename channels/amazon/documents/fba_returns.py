"""What came back to Amazon's warehouse. Buyers' comments stand in the file and in no row."""

from canonical.documents.columns import FlatKind, count, moment, text
from canonical.documents.head import Content
from canonical.documents.rows import ReturnRow

RETURNS = FlatKind(
    content=Content.RETURNS,
    row=ReturnRow,
    columns=(
        moment("returned_at", "return-date"),
        text("order_id", "order-id", filled=True),
        text("sku", "sku"),
        text("asin", "asin", needed=False),
        text("warehouse_sku", "fnsku", needed=False),
        count("quantity", "quantity"),
        text("warehouse", "fulfillment-center-id", needed=False),
        text("disposition", "detailed-disposition"),
        text("reason", "reason"),
        text("status", "status", needed=False),
        text("plate", "license-plate-number", needed=False),
    ),
)
