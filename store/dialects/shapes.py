"""Which columns travel as rows, for all databases alike."""

from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Table, and_

from store.columns import Human, Word
from store.parameters import given
from store.tables import inbox, order_lines, orders, parcel_lines, parcels, returns

RECEIVED_NAMES = (
    "channel", "account", "event_id", "order_id", "kind", "source", "state", "subject", "version",
    "body", "correlation_id", "received_at", "deliveries", "reason", "description",
)  # fmt: skip
RECEIVED: list[Column[Any]] = [inbox.c[name] for name in RECEIVED_NAMES]
"""An inbox row as it comes in."""

MARK: list[Column[Any]] = [
    Column("id", BigInteger),
    Column("state", Word(16)),
    Column("reason", Word(64)),
    Column("description", Human(4000)),
]
"""What became of an inbox row."""

ORDER_NOTED = (
    "wishes", "contract_problem", "first_received_at", "correlation_id", "notices", "noticed_at",
)  # fmt: skip
"""Columns of `orders` that every record transaction writes."""

ORDER_WRITTEN = (
    *ORDER_NOTED, "state", "version", "currency", "prices_include_tax", "placed_at", "gross",
    "discount", "payable", "vat", "payment_method", "totals_problem", "personal",
    "heard_at", "digest", "address_blank", "fulfilled_by", "changed_at", "over_at",
)  # fmt: skip
"""The columns written where an event changed the order itself."""


def children(table: Table) -> list[Column[Any]]:
    """A child table's own columns: all but the order's key."""
    return [c for c in table.columns if c.name != "order_pk"]


CHILDREN: dict[str, Table] = {
    "lines": order_lines,
    "parcels": parcels,
    "parcel_lines": parcel_lines,
    "returns": returns,
}
"""Sets of rows that belong to an order, by the name of their parameter."""


def own_key(table: Table) -> list[str]:
    """What tells a child from its siblings."""
    return [c.name for c in table.primary_key.columns if c.name != "order_pk"]


def is_order() -> ColumnElement[bool]:
    """Finds an order's row by the parameters `channel`, `account` and `order_id`."""
    return and_(
        orders.c.channel == given("channel", orders.c.channel),
        orders.c.account == given("account", orders.c.account),
        orders.c.order_id == given("order_id", orders.c.order_id),
    )


def is_of_order() -> tuple[ColumnElement[bool], ...]:
    """Finds an order's inbox rows by the same parameters."""
    return (
        inbox.c.channel == given("channel", inbox.c.channel),
        inbox.c.account == given("account", inbox.c.account),
        inbox.c.order_id == given("order_id", inbox.c.order_id),
    )
