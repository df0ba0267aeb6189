"""The tables of documents and of their rows; `store.tables` has the others."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, get_type_hints

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from canonical.documents.head import RowType
from canonical.documents.rows import (
    InvoiceLine,
    InvoiceRow,
    InvoiceTax,
    OrderReportRow,
    ReturnRow,
    SettlementRow,
    ShipmentRow,
)
from store.columns import COUNT, KEY, MONEY, SEALED, Human, Id, Moment, Word
from store.tables import METADATA

documents = Table(
    "documents",
    METADATA,
    Column("id", KEY, Identity(), primary_key=True),
    Column("channel", Id(64), nullable=False),
    Column("account", Id(128), nullable=False),
    Column("kind", Id(128), nullable=False, comment="the marketplace's word; `file` of a bucket's"),
    Column("document_id", Id(300), nullable=False, comment="the marketplace's own"),
    Column("state", Word(16), nullable=False, comment="found, fetched, stored, repeated, parked"),
    Column("source", Human(2000), nullable=False, comment="what it is fetched by"),
    Column("made_at", Moment, nullable=False),
    Column("covers_from", Moment, comment="as the marketplace says before it is read"),
    Column("covers_to", Moment),
    Column("content", Word(16), comment="settlement, orders, shipments, returns, invoice, pdf"),
    Column("number", Id(128), comment="the document's own, such as a settlement's"),
    Column("currency", Word(3)),
    Column("period_from", Moment, comment="as the document says itself"),
    Column("period_to", Moment),
    Column("paid_at", Moment),
    Column("total", MONEY, comment="as stated, and as its rows add up to"),
    Column("row_count", COUNT),
    Column("encoding", Word(16)),
    Column("number_format", Word(16)),
    Column("raw_size", COUNT, comment="bytes as they came, packed or not"),
    Column("raw_sha256", Word(64), comment="of the same"),
    Column("reason", Word(32), comment="why it is parked"),
    Column("line", COUNT, comment="where"),
    Column("detail", Human(4000)),
    Column("same_as", KEY, ForeignKey("documents.id"), comment="what a repeated one repeats"),
    Column("correlation_id", Id(128), nullable=False),
    Column("found_at", Moment, nullable=False),
    Column("fetched_at", Moment),
    Column("ended_at", Moment, comment="stored, repeated or parked"),
    Column("told_at", Moment, comment="when the internal systems were told"),
    UniqueConstraint("channel", "account", "kind", "document_id"),
    Index(
        "ix_documents_number",
        "channel",
        "account",
        "content",
        "number",
        unique=True,
        postgresql_where=text("state = 'stored' AND number IS NOT NULL"),
        mssql_where=text("state = 'stored' AND number IS NOT NULL"),
    ),
    Index("ix_documents_state", "channel", "account", "state"),
)

document_parts = Table(
    "document_parts",
    METADATA,
    Column("document_pk", KEY, ForeignKey(documents.c.id), nullable=False, autoincrement=False),
    Column("part", Integer, nullable=False, autoincrement=False),
    Column("body", SEALED, nullable=False, comment="sealed zlib of a piece of the bytes"),
    PrimaryKeyConstraint("document_pk", "part"),
)

TEXT = Id(300)
FINE = Numeric(24, 8)
"""Quantities and unit prices."""
_FINE_FIELDS = {(InvoiceLine, "quantity"), (InvoiceLine, "unit_price")}
_TYPES: Mapping[Any, TypeEngine[Any]] = {
    str: TEXT,
    int: BigInteger(),
    int | None: BigInteger(),
    Decimal: MONEY,
    Decimal | None: MONEY,
    datetime: Moment(),
    datetime | None: Moment(),
}


def _table(name: str, row: RowType, *indexed: str) -> Table:
    """A table whose columns are the row's fields, behind the document's key."""
    hints = get_type_hints(row)
    return Table(
        name,
        METADATA,
        Column("document_pk", KEY, ForeignKey(documents.c.id), nullable=False, autoincrement=False),
        *(
            Column(
                field,
                FINE if (row, field) in _FINE_FIELDS else _TYPES[hint],
                nullable=type(None) in getattr(hint, "__args__", ()),
                autoincrement=False,
            )
            for field, hint in hints.items()
        ),
        PrimaryKeyConstraint("document_pk", next(iter(hints))),
        *(Index(f"ix_{name}_{field}", field) for field in indexed),
    )


settlement_rows = _table("settlement_rows", SettlementRow)
order_report_rows = _table("order_report_rows", OrderReportRow)
shipment_rows = _table("shipment_rows", ShipmentRow)
return_rows = _table("return_rows", ReturnRow)
invoices = _table("invoices", InvoiceRow)
invoice_lines = _table("invoice_lines", InvoiceLine)
invoice_taxes = _table("invoice_taxes", InvoiceTax)

ROWS: Mapping[RowType, Table] = {
    SettlementRow: settlement_rows,
    OrderReportRow: order_report_rows,
    ShipmentRow: shipment_rows,
    ReturnRow: return_rows,
    InvoiceRow: invoices,
    InvoiceLine: invoice_lines,
    InvoiceTax: invoice_taxes,
}
"""Where rows of each type go."""
