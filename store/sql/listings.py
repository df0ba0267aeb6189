"""Statements on listings."""

from typing import Any

from sqlalchemy import Executable, Select, Update, select, update

from store.dialects.port import RowsSource, Sql
from store.parameters import given
from store.statements import statement
from store.tables import listings

LISTED = [listings.c[n] for n in ("channel", "account", "channel_sku", "item_id")]
_KEY = ("channel", "account", "channel_sku")


@statement
def items_of(sql: Sql) -> Select[Any]:
    asked = given("skus", listings.c.channel_sku, many=True)
    return select(listings.c.channel_sku, listings.c.item_id).where(
        listings.c.channel == given("channel", listings.c.channel),
        listings.c.account == given("account", listings.c.account),
        listings.c.channel_sku.in_(asked),
    )


@statement
def change_listings(sql: Sql) -> Update:
    """Listings whose item is another one now."""
    rows = sql.rows("rows", LISTED)
    return (
        update(listings)
        .where(
            *(listings.c[k] == rows.columns[k] for k in _KEY),
            listings.c.item_id != rows.columns["item_id"],
        )
        .values(item_id=rows.columns["item_id"], updated_at=sql.now())
    )


@statement
def add_listings(sql: Sql) -> Executable:
    rows = sql.rows("rows", LISTED)
    source = (
        select(*rows.columns.values(), sql.now().label("updated_at"))
        .select_from(rows.source)
        .subquery("fresh")
    )
    return sql.insert_missing(listings, list(source.c.keys()), RowsSource(source, dict(source.c)))
