"""PostgreSQL: its pieces of SQL, its errors, and one statement for each hot path."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Dialect,
    Executable,
    LargeBinary,
    Table,
    Text,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from store.columns import Moment
from store.dialects.port import RowsSource, Verdict
from store.parameters import PREFIX, given

COMPILED_FOR: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
_BY_STATE: dict[str, Verdict] = {
    "40001": Verdict.RETRY,  # serialization failure
    "40P01": Verdict.RETRY,  # deadlock
    "23505": Verdict.RETRY,  # a unique key that another inserted first
    "57P01": Verdict.LOST,  # administrator's shutdown
    "57P02": Verdict.LOST,  # crash shutdown
    "57P05": Verdict.LOST,  # idle session timeout
    "25P03": Verdict.LOST,  # idle in transaction timeout
    "25P04": Verdict.LOST,  # transaction timeout
    "57P03": Verdict.AWAY,  # starting up
    "57014": Verdict.AWAY,  # statement timeout
    "55P03": Verdict.AWAY,  # lock timeout
    "25006": Verdict.AWAY,  # a standby: fail-over is under way
    "3D000": Verdict.LOGIN,
    "42P01": Verdict.SCHEMA,
    "42703": Verdict.SCHEMA,
}
_BY_CLASS: dict[str, Verdict] = {
    "08": Verdict.LOST,  # connection exceptions
    "28": Verdict.LOGIN,
    "53": Verdict.AWAY,  # too many connections, disk or memory full
    "58": Verdict.AWAY,  # system errors outside PostgreSQL
}


class PostgresSql:
    """The pieces; hot paths are in `postgresql_paths`."""

    name = "postgresql"

    def now(self) -> ColumnElement[Any]:
        return func.statement_timestamp(type_=Moment)

    def rows(self, parameter: str, columns: Sequence[Column[Any]]) -> RowsSource:
        inner, outer = [], []
        for c in columns:
            if isinstance(c.type, LargeBinary):
                inner.append(f"{c.name} TEXT")
                outer.append(f"decode(j.{c.name}, 'hex') AS {c.name}")
            else:
                inner.append(f"{c.name} {c.type.compile(COMPILED_FOR)}")
                outer.append(f"j.{c.name} AS {c.name}")
        sql = (
            f"SELECT {', '.join(outer)} FROM"  # noqa: S608  (our own column names)
            f" jsonb_to_recordset(CAST(:{PREFIX}{parameter} AS JSONB)) AS j({', '.join(inner)})"
        )
        source = (
            text(sql)
            .bindparams(given(parameter, Text()))
            .columns(*(Column(c.name, c.type) for c in columns))
            .subquery(f"{parameter}_rows")
        )
        return RowsSource(source, dict(source.c))

    def json_objects(
        self, columns: Sequence[ColumnElement[Any]], *where: ColumnElement[bool]
    ) -> ColumnElement[str]:
        pairs: list[ColumnElement[Any]] = []
        for c in columns:
            pairs += [literal_column(f"'{c.key}'"), c]
        objects = func.json_agg(func.json_build_object(*pairs))
        whole = func.coalesce(objects.cast(Text), literal_column("'[]'"), type_=Text)
        return select(whole).where(*where).scalar_subquery()

    def insert_missing(self, table: Table, columns: Sequence[str], rows: RowsSource) -> Executable:
        source = select(*(rows.columns[name] for name in columns)).select_from(rows.source)
        return insert(table).from_select(list(columns), source).on_conflict_do_nothing()

    def verdict(self, error: Exception) -> Verdict:
        if isinstance(error, PoolTimeoutError):
            return Verdict.AWAY
        if isinstance(error, DBAPIError):
            code = str(getattr(error.orig, "sqlstate", None) or "")
            known = _BY_STATE.get(code) or _BY_CLASS.get(code[:2])
            if known is not None:
                return known
            return Verdict.LOST if error.connection_invalidated else Verdict.MISTAKE
        # A refused or timed-out connection comes as the operating system's own error.
        if isinstance(error, OSError | asyncio.TimeoutError):
            return Verdict.AWAY
        return Verdict.MISTAKE
