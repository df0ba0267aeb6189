"""Statements on cursors."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    Update,
    and_,
    literal_column,
    select,
    update,
)

from store.dialects.port import RowsSource, Sql
from store.parameters import given
from store.statements import statement
from store.tables import cursors

_KEY = ("channel", "account", "name")


def _is_cursor() -> ColumnElement[bool]:
    return and_(*(cursors.c[k] == given(k, cursors.c[k]) for k in _KEY))


@statement
def cursor_of(sql: Sql) -> Select[Any]:
    return select(cursors.c.value, cursors.c.version, cursors.c.moved_at).where(_is_cursor())


@statement
def add_cursor(sql: Sql) -> Executable:
    """A cursor's first commit; nothing where another was faster."""
    one = select(
        *(given(k, cursors.c[k]).label(k) for k in (*_KEY, "value")),
        literal_column("1", cursors.c.version.type).label("version"),
        sql.now().label("moved_at"),
    ).subquery("one")
    return sql.insert_missing(cursors, list(one.c.keys()), RowsSource(one, dict(one.c)))


@statement
def move_cursor(sql: Sql) -> Update:
    """Compare and set."""
    return (
        update(cursors)
        .where(_is_cursor(), cursors.c.version == given("expected", cursors.c.version))
        .values(
            value=given("new_value", cursors.c.value),
            version=cursors.c.version + 1,
            moved_at=sql.now(),
        )
    )
