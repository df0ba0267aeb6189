"""Documents: settlements, reports and invoices, their bytes and their rows."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from store.columns import Human, Id, Moment, Word

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROWS = (
    "document_parts",
    "settlement_rows",
    "order_report_rows",
    "shipment_rows",
    "return_rows",
    "invoices",
    "invoice_lines",
    "invoice_taxes",
)


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel", Id(64), nullable=False),
        sa.Column("account", Id(128), nullable=False),
        sa.Column(
            "kind", Id(128), nullable=False, comment="the marketplace's word; `file` of a bucket's"
        ),
        sa.Column("document_id", Id(300), nullable=False, comment="the marketplace's own"),
        sa.Column(
            "state", Word(16), nullable=False, comment="found, fetched, stored, repeated, parked"
        ),
        sa.Column("source", Human(2000), nullable=False, comment="what it is fetched by"),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("covers_from", Moment(), comment="as the marketplace says before it is read"),
        sa.Column("covers_to", Moment()),
        sa.Column(
            "content", Word(16), comment="settlement, orders, shipments, returns, invoice, pdf"
        ),
        sa.Column("number", Id(128), comment="the document's own, such as a settlement's"),
        sa.Column("currency", Word(3)),
        sa.Column("period_from", Moment(), comment="as the document says itself"),
        sa.Column("period_to", Moment()),
        sa.Column("paid_at", Moment()),
        sa.Column("total", sa.Numeric(18, 4), comment="as stated, and as its rows add up to"),
        sa.Column("row_count", sa.BigInteger()),
        sa.Column("encoding", Word(16)),
        sa.Column("number_format", Word(16)),
        sa.Column("raw_size", sa.BigInteger(), comment="bytes as they came, packed or not"),
        sa.Column("raw_sha256", Word(64), comment="of the same"),
        sa.Column("reason", Word(32), comment="why it is parked"),
        sa.Column("line", sa.BigInteger(), comment="where"),
        sa.Column("detail", Human(4000)),
        sa.Column("same_as", sa.BigInteger(), comment="what a repeated one repeats"),
        sa.Column("correlation_id", Id(128), nullable=False),
        sa.Column("found_at", Moment(), nullable=False),
        sa.Column("fetched_at", Moment()),
        sa.Column("ended_at", Moment(), comment="stored, repeated or parked"),
        sa.Column("told_at", Moment(), comment="when the internal systems were told"),
        sa.ForeignKeyConstraint(["same_as"], ["documents.id"], name="fk_documents"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("channel", "account", "kind", "document_id", name="uq_documents"),
    )
    of_stored = sa.text("state = 'stored' AND number IS NOT NULL")
    op.create_index(
        "ix_documents_number",
        "documents",
        ["channel", "account", "content", "number"],
        unique=True,
        postgresql_where=of_stored,
        mssql_where=of_stored,
    )
    op.create_index("ix_documents_state", "documents", ["channel", "account", "state"])
    op.create_table(
        "document_parts",
        sa.Column("document_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "body", sa.LargeBinary(), nullable=False, comment="sealed zlib of a piece of the bytes"
        ),
        sa.ForeignKeyConstraint(["document_pk"], ["documents.id"], name="fk_document_parts"),
        sa.PrimaryKeyConstraint("document_pk", "part", name="pk_document_parts"),
    )
    op.create_table(
        "settlement_rows",
        sa.Column("document_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("transaction_type", Id(300), nullable=False),
        sa.Column("order_id", Id(300), nullable=False),
        sa.Column("merchant_order_id", Id(300), nullable=False),
        sa.Column("adjustment_id", Id(300), nullable=False),
        sa.Column("shipment_id", Id(300), nullable=False),
        sa.Column("marketplace", Id(300), nullable=False),
        sa.Column("amount_type", Id(300), nullable=False),
        sa.Column("amount_description", Id(300), nullable=False),
        sa.Column("amount", sa.Numeric(18, 4), nullable=False),
        sa.Column("fulfilled_by", Id(300), nullable=False),
        sa.Column("posted_at", Moment()),
        sa.Column("order_item_id", Id(300), nullable=False),
        sa.Column("sku", Id(300), nullable=False),
        sa.Column("quantity", sa.BigInteger()),
        sa.Column("promotion_id", Id(300), nullable=False),
        sa.ForeignKeyConstraint(["document_pk"], ["documents.id"], name="fk_settlement_rows"),
        sa.PrimaryKeyConstraint("document_pk", "line", name="pk_settlement_rows"),
    )
    op.create_table(
        "order_report_rows",
        sa.Column("document_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", Id(300), nullable=False),
        sa.Column("merchant_order_id", Id(300), nullable=False),
        sa.Column("placed_at", Moment()),
        sa.Column("changed_at", Moment()),
        sa.Column("order_status", Id(300), nullable=False),
        sa.Column("fulfilled_by", Id(300), nullable=False),
        sa.Column("marketplace", Id(300), nullable=False),
        sa.Column("sku", Id(300), nullable=False),
        sa.Column("asin", Id(300), nullable=False),
        sa.Column("item_status", Id(300), nullable=False),
        sa.Column("quantity", sa.BigInteger()),
        sa.Column("currency", Id(300), nullable=False),
        sa.Column("item_price", sa.Numeric(18, 4)),
        sa.Column("item_tax", sa.Numeric(18, 4)),
        sa.Column("shipping_price", sa.Numeric(18, 4)),
        sa.Column("shipping_tax", sa.Numeric(18, 4)),
        sa.Column("gift_wrap_price", sa.Numeric(18, 4)),
        sa.Column("gift_wrap_tax", sa.Numeric(18, 4)),
        sa.Column("item_discount", sa.Numeric(18, 4)),
        sa.Column("shipping_discount", sa.Numeric(18, 4)),
        sa.ForeignKeyConstraint(["document_pk"], ["documents.id"], name="fk_order_report_rows"),
        sa.PrimaryKeyConstraint("document_pk", "line", name="pk_order_report_rows"),
    )
    op.create_table(
        "shipment_rows",
        sa.Column("document_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", Id(300), nullable=False),
        sa.Column("shipment_id", Id(300), nullable=False),
        sa.Column("shipment_item_id", Id(300), nullable=False),
        sa.Column("order_item_id", Id(300), nullable=False),
        sa.Column("placed_at", Moment()),
        sa.Column("shipped_at", Moment()),
        sa.Column("sku", Id(300), nullable=False),
        sa.Column("quantity", sa.BigInteger()),
        sa.Column("currency", Id(300), nullable=False),
        sa.Column("item_price", sa.Numeric(18, 4)),
        sa.Column("item_tax", sa.Numeric(18, 4)),
        sa.Column("shipping_price", sa.Numeric(18, 4)),
        sa.Column("shipping_tax", sa.Numeric(18, 4)),
        sa.Column("item_discount", sa.Numeric(18, 4)),
        sa.Column("shipping_discount", sa.Numeric(18, 4)),
        sa.Column("carrier", Id(300), nullable=False),
        sa.Column("tracking_number", Id(300), nullable=False),
        sa.Column("warehouse", Id(300), nullable=False),
        sa.ForeignKeyConstraint(["document_pk"], ["documents.id"], name="fk_shipment_rows"),
        sa.PrimaryKeyConstraint("document_pk", "line", name="pk_shipment_rows"),
    )
    op.create_table(
        "return_rows",
        sa.Column("document_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("returned_at", Moment()),
        sa.Column("order_id", Id(300), nullable=False),
        sa.Column("sku", Id(300), nullable=False),
        sa.Column("asin", Id(300), nullable=False),
        sa.Column("warehouse_sku", Id(300), nullable=False),
        sa.Column("quantity", sa.BigInteger()),
        sa.Column("warehouse", Id(300), nullable=False),
        sa.Column("disposition", Id(300), nullable=False),
        sa.Column("reason", Id(300), nullable=False),
        sa.Column("status", Id(300), nullable=False),
        sa.Column("plate", Id(300), nullable=False),
        sa.ForeignKeyConstraint(["document_pk"], ["documents.id"], name="fk_return_rows"),
        sa.PrimaryKeyConstraint("document_pk", "line", name="pk_return_rows"),
    )
    op.create_table(
        "invoices",
        sa.Column("document_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("invoice_number", Id(300), nullable=False),
        sa.Column("uuid", Id(300), nullable=False),
        sa.Column("type_code", Id(300), nullable=False),
        sa.Column("type_name", Id(300), nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.Column("order_id", Id(300), nullable=False),
        sa.Column("seller_name", Id(300), nullable=False),
        sa.Column("seller_vat_number", Id(300), nullable=False),
        sa.Column("currency", Id(300), nullable=False),
        sa.Column("line_total", sa.Numeric(18, 4), nullable=False),
        sa.Column("allowances", sa.Numeric(18, 4), nullable=False),
        sa.Column("charges", sa.Numeric(18, 4), nullable=False),
        sa.Column("tax_exclusive", sa.Numeric(18, 4), nullable=False),
        sa.Column("vat", sa.Numeric(18, 4), nullable=False),
        sa.Column("tax_inclusive", sa.Numeric(18, 4), nullable=False),
        sa.Column("prepaid", sa.Numeric(18, 4), nullable=False),
        sa.Column("rounding", sa.Numeric(18, 4), nullable=False),
        sa.Column("payable", sa.Numeric(18, 4), nullable=False),
        sa.ForeignKeyConstraint(["document_pk"], ["documents.id"], name="fk_invoices"),
        sa.PrimaryKeyConstraint("document_pk", "line", name="pk_invoices"),
    )
    op.create_table(
        "invoice_lines",
        sa.Column("document_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("line_id", Id(300), nullable=False),
        sa.Column("sku", Id(300), nullable=False),
        sa.Column("name", Id(300), nullable=False),
        sa.Column("quantity", sa.Numeric(24, 8), nullable=False),
        sa.Column("unit", Id(300), nullable=False),
        sa.Column("unit_price", sa.Numeric(24, 8)),
        sa.Column("net", sa.Numeric(18, 4), nullable=False),
        sa.Column("vat", sa.Numeric(18, 4)),
        sa.Column("vat_category", Id(300), nullable=False),
        sa.Column("vat_rate", sa.Numeric(18, 4)),
        sa.ForeignKeyConstraint(["document_pk"], ["documents.id"], name="fk_invoice_lines"),
        sa.PrimaryKeyConstraint("document_pk", "place", name="pk_invoice_lines"),
    )
    op.create_table(
        "invoice_taxes",
        sa.Column("document_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("category", Id(300), nullable=False),
        sa.Column("rate", sa.Numeric(18, 4)),
        sa.Column("taxable", sa.Numeric(18, 4), nullable=False),
        sa.Column("tax", sa.Numeric(18, 4), nullable=False),
        sa.ForeignKeyConstraint(["document_pk"], ["documents.id"], name="fk_invoice_taxes"),
        sa.PrimaryKeyConstraint("document_pk", "place", name="pk_invoice_taxes"),
    )


def downgrade() -> None:
    for name in reversed(ROWS):
        op.drop_table(name)
    op.drop_table("documents")
