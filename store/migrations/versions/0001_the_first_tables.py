"""The first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from store.columns import Human, Id, Moment, Word

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "cursors",
        sa.Column("channel", Id(64), nullable=False),
        sa.Column("account", Id(128), nullable=False),
        sa.Column("name", Word(64), nullable=False),
        sa.Column("value", Human(400), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("moved_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "name", name="pk_cursors"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel", Id(64), nullable=False),
        sa.Column("account", Id(128), nullable=False),
        sa.Column("event_id", Id(200), nullable=False),
        sa.Column(
            "order_id", Id(300), nullable=True, comment="null where the body could not be read"
        ),
        sa.Column("kind", Word(16), nullable=False),
        sa.Column("source", Word(16), nullable=False),
        sa.Column("state", Word(16), nullable=False),
        sa.Column("subject", Id(128), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("correlation_id", Id(128), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column(
            "applied_at",
            Moment(),
            nullable=True,
            comment="also of superseded rows; by the database's clock",
        ),
        sa.Column("deliveries", sa.BigInteger(), nullable=False),
        sa.Column("reason", Word(64), nullable=True),
        sa.Column("description", Human(4000), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("channel", "account", "kind", "event_id", name="uq_inbox"),
    )
    op.create_index("ix_inbox_order", "inbox", ["channel", "account", "order_id"], unique=False)
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("state = 'received'"),
        mssql_where=sa.text("state = 'received'"),
    )
    op.create_table(
        "listings",
        sa.Column("channel", Id(64), nullable=False),
        sa.Column("account", Id(128), nullable=False),
        sa.Column("channel_sku", Id(200), nullable=False),
        sa.Column("item_id", Id(200), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "channel_sku", name="pk_listings"),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel", Id(64), nullable=False),
        sa.Column("account", Id(128), nullable=False),
        sa.Column("order_id", Id(300), nullable=False),
        sa.Column("state", Word(32), nullable=False),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="0 until an event could be recorded"
        ),
        sa.Column("currency", Word(3), nullable=True),
        sa.Column("prices_include_tax", sa.Boolean(), nullable=True),
        sa.Column("placed_at", Moment(), nullable=True),
        sa.Column("gross", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("discount", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("payable", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("vat", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("payment_method", Word(32), nullable=True),
        sa.Column("attention", Word(32), nullable=True),
        sa.Column("attention_detail", Human(), nullable=True),
        sa.Column("attention_since", Moment(), nullable=True),
        sa.Column("told_state", Word(32), nullable=True),
        sa.Column("told_at", Moment(), nullable=True),
        sa.Column(
            "wishes", Human(), nullable=False, comment="JSON: what the internal systems asked for"
        ),
        sa.Column("contract_problem", Human(), nullable=True),
        sa.Column("totals_problem", Human(), nullable=True),
        sa.Column("first_received_at", Moment(), nullable=True),
        sa.Column("correlation_id", Id(128), nullable=False),
        sa.Column(
            "personal",
            sa.LargeBinary(),
            nullable=True,
            comment="sealed JSON of the canonical order",
        ),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("channel", "account", "order_id", name="uq_orders"),
    )
    op.create_table(
        "effects",
        sa.Column("order_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", Id(400), nullable=False),
        sa.Column("order_version", sa.Integer(), nullable=False),
        sa.Column(
            "state", Word(16), nullable=False, comment="`open`: taken back, may be sent again"
        ),
        sa.Column("answer", Human(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["order_pk"], ["orders.id"], name="fk_effects"),
        sa.PrimaryKeyConstraint("order_pk", "name", name="pk_effects"),
    )
    op.create_table(
        "order_lines",
        sa.Column("order_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line_id", Id(128), nullable=False),
        sa.Column("channel_sku", Id(200), nullable=False),
        sa.Column("item_id", Id(200), nullable=True),
        sa.Column("name", Human(500), nullable=False),
        sa.Column("ordered", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("line_gross", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("discount_seller", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("discount_marketplace", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("line_payable", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=9, scale=4), nullable=True),
        sa.Column("vat", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.ForeignKeyConstraint(["order_pk"], ["orders.id"], name="fk_order_lines"),
        sa.PrimaryKeyConstraint("order_pk", "line_id", name="pk_order_lines"),
    )
    op.create_table(
        "parcel_lines",
        sa.Column("order_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parcel_id", Id(128), nullable=False),
        sa.Column("line_id", Id(128), nullable=False),
        sa.Column("channel_sku", Id(200), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_pk"], ["orders.id"], name="fk_parcel_lines"),
        sa.PrimaryKeyConstraint("order_pk", "parcel_id", "line_id", name="pk_parcel_lines"),
    )
    op.create_table(
        "parcels",
        sa.Column("order_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parcel_id", Id(128), nullable=False),
        sa.Column("state", Word(32), nullable=False),
        sa.Column("channel_status", Human(200), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("carrier", Human(200), nullable=False),
        sa.Column("tracking_number", Human(200), nullable=False),
        sa.Column("invoice_number", Human(200), nullable=False),
        sa.ForeignKeyConstraint(["order_pk"], ["orders.id"], name="fk_parcels"),
        sa.PrimaryKeyConstraint("order_pk", "parcel_id", name="pk_parcels"),
    )


def downgrade() -> None:
    op.drop_table("parcels")
    op.drop_table("parcel_lines")
    op.drop_table("order_lines")
    op.drop_table("effects")
    op.drop_table("orders")
    op.drop_table("listings")
    op.drop_index(
        "ix_inbox_waiting",
        table_name="inbox",
        postgresql_where=sa.text("state = 'received'"),
        mssql_where=sa.text("state = 'received'"),
    )
    op.drop_index("ix_inbox_order", table_name="inbox")
    op.drop_table("inbox")
    op.drop_table("cursors")
