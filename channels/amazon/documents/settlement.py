"""Settlement V2: the first data row carries dates and total, each later one an amount."""

from canonical.documents.columns import FlatKind, Summary, count, moment, number, text
from canonical.documents.head import Content
from canonical.documents.rows import SettlementRow

SETTLEMENT_V2 = FlatKind(
    content=Content.SETTLEMENT,
    row=SettlementRow,
    columns=(
        text("transaction_type", "transaction-type"),
        text("order_id", "order-id"),
        text("merchant_order_id", "merchant-order-id", needed=False),
        text("adjustment_id", "adjustment-id", needed=False),
        text("shipment_id", "shipment-id", needed=False),
        text("marketplace", "marketplace-name", needed=False),
        text("amount_type", "amount-type"),
        text("amount_description", "amount-description"),
        number("amount", "amount", filled=True),
        text("fulfilled_by", "fulfillment-id", needed=False),
        moment("posted_at", "posted-date-time", "posted-date"),
        text("order_item_id", "order-item-code"),
        text("sku", "sku"),
        count("quantity", "quantity-purchased", needed=False),
        text("promotion_id", "promotion-id", needed=False),
    ),
    summary=Summary(
        total="total-amount",
        amount="amount",
        number="settlement-id",
        currency="currency",
        period_from="settlement-start-date",
        period_to="settlement-end-date",
        paid_at="deposit-date",
    ),
)
