"""Statements on quotas. `p_rows` bears each row's version as it was read, and its new state."""

from typing import Any

from sqlalchemy import (
    Column,
    Executable,
    Select,
    Update,
    and_,
    func,
    literal_column,
    select,
    update,
)

from store.columns import Moment
from store.dialects.port import RowsSource, Sql
from store.parameters import given
from store.statements import statement, statement_for
from store.tables import limits

SWAPPED: list[Column[Any]] = [limits.c.scope_key, limits.c.version, limits.c.state]


@statement
def limits_of(sql: Sql) -> Select[Any]:
    """Quotas by their keys, and the database's clock."""
    return select(*SWAPPED, sql.now().label("now")).where(
        limits.c.scope_key.in_(given("keys", limits.c.scope_key, many=True))
    )


@statement
def database_clock(sql: Sql) -> Select[Any]:
    """The database's clock alone."""
    return select(sql.now().label("now"))


@statement
def add_limits(sql: Sql) -> Executable:
    """Makes rows that are not there."""
    rows = sql.rows("rows", SWAPPED)
    fresh = select(*rows.columns.values(), sql.now().label("moved_at")).subquery("fresh")
    return sql.insert_missing(limits, list(fresh.c.keys()), RowsSource(fresh, dict(fresh.c)))


@statement
def swap_limits(sql: Sql) -> Update:
    """Writes those rows that nobody has written since."""
    rows = sql.rows("rows", SWAPPED)
    return (
        update(limits)
        .where(
            limits.c.scope_key == rows.columns["scope_key"],
            limits.c.version == rows.columns["version"],
            sql.now() <= given("by", Moment()),
        )
        .values(
            version=rows.columns["version"] + 1,
            state=rows.columns["state"],
            moved_at=sql.now(),
        )
    )


@statement_for("postgresql")
def swap_limits_at_once(sql: Sql) -> Select[Any]:
    """Writes all rows or none, and answers what they are now, in one round trip."""
    rows = sql.rows("rows", SWAPPED)
    keys = sql.rows("rows", [limits.c.scope_key])
    held = (
        select(*SWAPPED)
        .where(limits.c.scope_key.in_(select(keys.columns["scope_key"]).select_from(keys.source)))
        .order_by(limits.c.scope_key)
        .with_for_update()
        .cte("held")
    )
    same = and_(
        held.c.scope_key == rows.columns["scope_key"], held.c.version == rows.columns["version"]
    )
    unmoved = (
        select(func.count(literal_column("1")))
        .select_from(held.join(rows.source, same))
        .scalar_subquery()
    )
    wanted = (
        select(func.count(literal_column("1"))).select_from(sql.rows("rows", SWAPPED).source)
    ).scalar_subquery()
    written = swap_limits(sql).where(unmoved == wanted).returning(limits.c.scope_key).cte("written")
    return select(
        held.c.scope_key,
        held.c.version,
        held.c.state,
        written.c.scope_key.label("swapped"),
        sql.now().label("now"),
    ).select_from(held.outerjoin(written, written.c.scope_key == held.c.scope_key))
