"""The tables. Names and columns are read by others too: plain SQL tells the whole story."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from store.columns import COUNT, KEY, MONEY, RATE, SEALED, Human, Id, Moment, Word

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s",
        "fk": "fk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

orders = Table(
    "orders",
    METADATA,
    Column("id", KEY, Identity(), primary_key=True),
    Column("channel", Id(64), nullable=False),
    Column("account", Id(128), nullable=False),
    Column("order_id", Id(300), nullable=False),
    Column("state", Word(32), nullable=False),
    Column("version", Integer, nullable=False, comment="0 until an event could be recorded"),
    Column("currency", Word(3)),
    Column("prices_include_tax", Boolean),
    Column("placed_at", Moment),
    Column("gross", MONEY),
    Column("discount", MONEY),
    Column("payable", MONEY),
    Column("vat", MONEY),
    Column("payment_method", Word(32)),
    Column("attention", Word(32)),
    Column("attention_detail", Human),
    Column("attention_since", Moment),
    Column("told_state", Word(32)),
    Column("told_at", Moment),
    Column("told_digest", Word(16), comment="`digest` in the newest event that was published"),
    Column("digest", Word(16), comment="changes with what internal systems must hear of"),
    Column("heard_at", Moment, comment="receipt of the newest event that changed the order"),
    Column("address_blank", Boolean, comment="nobody could deliver to the address as it is"),
    Column("fulfilled_by", Word(16), comment="`seller`, or `marketplace`: for information alone"),
    Column("changed_at", Moment, comment="at the marketplace, as it says itself"),
    Column("over_at", Moment, comment="a shipped order counts as over from then on"),
    Column("notices", Integer, comment="news that only said that the order changed"),
    Column("noticed_at", Moment, comment="the newest change that these told of"),
    Column("wishes", Human, nullable=False, comment="JSON: what the internal systems asked for"),
    Column("contract_problem", Human),
    Column("totals_problem", Human),
    Column("first_received_at", Moment),
    Column("correlation_id", Id(128), nullable=False),
    Column("personal", SEALED, comment="sealed JSON of the canonical order"),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("channel", "account", "order_id"),
)

order_lines = Table(
    "order_lines",
    METADATA,
    Column("order_pk", KEY, ForeignKey(orders.c.id), nullable=False, autoincrement=False),
    Column("line_id", Id(128), nullable=False),
    Column("channel_sku", Id(200), nullable=False),
    Column("item_id", Id(200)),
    Column("name", Human(500), nullable=False),
    Column("ordered", COUNT, nullable=False),
    Column("cancelled", COUNT, nullable=False),
    Column("shipped", COUNT, nullable=False),
    Column("returned", COUNT, nullable=False),
    Column("unit_price", MONEY, nullable=False),
    Column("line_gross", MONEY, nullable=False),
    Column("discount_seller", MONEY, nullable=False),
    Column("discount_marketplace", MONEY, nullable=False),
    Column("line_payable", MONEY, nullable=False),
    Column("tax_rate", RATE),
    Column("vat", MONEY),
    PrimaryKeyConstraint("order_pk", "line_id"),
)

parcels = Table(
    "parcels",
    METADATA,
    Column("order_pk", KEY, ForeignKey(orders.c.id), nullable=False, autoincrement=False),
    Column("parcel_id", Id(128), nullable=False),
    Column("state", Word(32), nullable=False),
    Column("channel_status", Human(200), nullable=False),
    Column("version", COUNT, nullable=False),
    Column("carrier", Human(200), nullable=False),
    Column("tracking_number", Human(200), nullable=False),
    Column("invoice_number", Human(200), nullable=False),
    Column("origin_parcel_ids", Human, comment="JSON: the parcels that this one succeeds"),
    Column("seller_ships", Boolean),
    PrimaryKeyConstraint("order_pk", "parcel_id"),
)

parcel_lines = Table(
    "parcel_lines",
    METADATA,
    Column("order_pk", KEY, ForeignKey(orders.c.id), nullable=False, autoincrement=False),
    Column("parcel_id", Id(128), nullable=False),
    Column("line_id", Id(128), nullable=False),
    Column("channel_sku", Id(200), nullable=False),
    Column("quantity", COUNT, nullable=False),
    PrimaryKeyConstraint("order_pk", "parcel_id", "line_id"),
)

returns = Table(
    "returns",
    METADATA,
    Column("order_pk", KEY, ForeignKey(orders.c.id), nullable=False, autoincrement=False),
    Column("return_id", Id(128), nullable=False),
    Column("state", Word(32), nullable=False),
    Column("version", COUNT, nullable=False),
    Column("units", COUNT, nullable=False),
    Column("requested_at", Moment),
    Column("answer_by", Moment),
    Column("items", Human, nullable=False, comment="JSON: id, line, SKU, quantity, state, reason"),
    PrimaryKeyConstraint("order_pk", "return_id"),
)

inbox = Table(
    "inbox",
    METADATA,
    Column("id", KEY, Identity(), primary_key=True),
    Column("channel", Id(64), nullable=False),
    Column("account", Id(128), nullable=False),
    Column("event_id", Id(200), nullable=False),
    Column("order_id", Id(300), comment="null where the body could not be read"),
    Column("kind", Word(16), nullable=False),
    Column("source", Word(16), nullable=False),
    Column("state", Word(16), nullable=False),
    Column("subject", Id(128), nullable=False),
    Column("version", COUNT, nullable=False),
    Column("body", SEALED, nullable=False),
    Column("correlation_id", Id(128), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("applied_at", Moment, comment="also of superseded rows; by the database's clock"),
    Column("deliveries", COUNT, nullable=False),
    Column("reason", Word(64)),
    Column("description", Human(4000)),
    UniqueConstraint("channel", "account", "kind", "event_id"),
    Index("ix_inbox_order", "channel", "account", "order_id"),
    Index(
        "ix_inbox_waiting",
        "received_at",
        postgresql_where=text("state = 'received'"),
        mssql_where=text("state = 'received'"),
    ),
)

effects = Table(
    "effects",
    METADATA,
    Column("order_pk", KEY, ForeignKey(orders.c.id), nullable=False, autoincrement=False),
    Column("name", Id(400), nullable=False),
    Column("order_version", Integer, nullable=False),
    Column("state", Word(16), nullable=False, comment="`open`: taken back, may be sent again"),
    Column("answer", Human, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("finished_at", Moment),
    PrimaryKeyConstraint("order_pk", "name"),
)

listings = Table(
    "listings",
    METADATA,
    Column("channel", Id(64), nullable=False),
    Column("account", Id(128), nullable=False),
    Column("channel_sku", Id(200), nullable=False),
    Column("item_id", Id(200), nullable=False),
    Column("updated_at", Moment, nullable=False),
    PrimaryKeyConstraint("channel", "account", "channel_sku"),
)

cursors = Table(
    "cursors",
    METADATA,
    Column("channel", Id(64), nullable=False),
    Column("account", Id(128), nullable=False),
    Column("name", Word(64), nullable=False),
    Column("value", Human(400), nullable=False),
    Column("version", Integer, nullable=False),
    Column("moved_at", Moment, nullable=False),
    PrimaryKeyConstraint("channel", "account", "name"),
)

limits = Table(
    "limits",
    METADATA,
    Column("scope_key", Id(400), nullable=False, comment="channel/scope:whose/quota"),
    Column("version", COUNT, nullable=False),
    Column("state", Human, nullable=False, comment="JSON: the quota's past, see store.limiter"),
    Column("moved_at", Moment, nullable=False),
    PrimaryKeyConstraint("scope_key"),
)

tokens = Table(
    "tokens",
    METADATA,
    Column("channel", Id(64), nullable=False),
    Column("account", Id(128), nullable=False),
    Column("name", Word(64), nullable=False),
    Column("version", COUNT, nullable=False),
    Column("sealed", SEALED, comment="sealed JSON: access, refresh"),
    Column("expires_at", Moment, comment="when it is renewed, ahead of its end"),
    Column("claimed_by", Word(32)),
    Column("claimed_until", Moment),
    Column("moved_at", Moment, nullable=False),
    PrimaryKeyConstraint("channel", "account", "name"),
)
