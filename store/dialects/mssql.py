"""Azure SQL: its pieces of SQL and its errors. No MERGE; hot paths go step by step.

Compiled and parsed on every change; not yet run against a real Azure SQL.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Dialect,
    Executable,
    LargeBinary,
    Table,
    Unicode,
    UniqueConstraint,
    and_,
    exists,
    func,
    insert,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects import mssql
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from store.columns import EXACT, Id, Moment, Word
from store.dialects.port import RowsSource, Verdict
from store.dialects.stepwise import Stepwise
from store.parameters import PREFIX, given

COMPILED_FOR: Dialect = mssql.dialect(deprecate_large_types=True)  # type: ignore[no-untyped-call]

_BUSY = (
    "service has encountered an error processing your request",
    "service is currently busy",
    "is not currently available. Please retry",
    "Too many operations in progress",
    "Too many create or update operations",
    "Login to read-secondary failed",
    "has been reached",
    "too busy to support requests",
    "Lock request time out period exceeded",
    "Timeout expired",
)
"""The driver's exception bears no error number, so its words are what there is to go by."""


class MssqlSql:
    """The pieces."""

    name = "mssql"

    def now(self) -> ColumnElement[Any]:
        return func.TODATETIMEOFFSET(
            func.SYSUTCDATETIME(), literal_column("'+00:00'"), type_=Moment
        )

    def rows(self, parameter: str, columns: Sequence[Column[Any]]) -> RowsSource:
        inner, outer = [], []
        for c in columns:
            if isinstance(c.type, LargeBinary):
                inner.append(f"{c.name} VARCHAR(MAX) '$.{c.name}'")
                outer.append(f"CONVERT(VARBINARY(MAX), j.{c.name}, 2) AS {c.name}")
                continue
            kind = c.type.compile(COMPILED_FOR).split(" COLLATE ")[0]
            inner.append(f"{c.name} {kind} '$.{c.name}'")
            # OPENJSON's columns have the database's collation; comparing two collations fails.
            exact = f" COLLATE {EXACT}" if isinstance(c.type, Id | Word) else ""
            outer.append(f"j.{c.name}{exact} AS {c.name}")
        sql = (
            f"SELECT {', '.join(outer)}"  # noqa: S608  (our own column names)
            f" FROM OPENJSON(:{PREFIX}{parameter}) WITH ({', '.join(inner)}) AS j"
        )
        source = (
            text(sql)
            .bindparams(given(parameter, Unicode()))
            .columns(*(Column(c.name, c.type) for c in columns))
            .subquery(f"{parameter}_rows")
        )
        return RowsSource(source, dict(source.c))

    def json_objects(
        self, columns: Sequence[ColumnElement[Any]], *where: ColumnElement[bool]
    ) -> ColumnElement[str]:
        inner = (
            select(*columns)
            .where(*where)
            .suffix_with(text("FOR JSON PATH, INCLUDE_NULL_VALUES"))
            .scalar_subquery()
        )
        return func.coalesce(inner, literal_column("N'[]'"), type_=Unicode)

    def insert_missing(self, table: Table, columns: Sequence[str], rows: RowsSource) -> Executable:
        """Two who insert at once: the key refuses the second, whose transaction is repeated."""
        key = _unique_key(table)
        there = exists(
            select(literal_column("1"))
            .select_from(table)
            .where(and_(*(table.c[name] == _exact(rows.columns[name]) for name in key)))
        )
        source = (
            select(*(rows.columns[name] for name in columns)).select_from(rows.source).where(~there)
        )
        return insert(table).from_select(list(columns), source)

    def verdict(self, error: Exception) -> Verdict:
        if isinstance(error, PoolTimeoutError | OSError):
            return Verdict.AWAY
        if not isinstance(error, DBAPIError):
            return Verdict.MISTAKE
        words = str(error.orig)
        if isinstance(error, IntegrityError):
            lost = "duplicate key" in words
            return Verdict.RETRY if lost else Verdict.MISTAKE
        if "Serialization failure" in words or "Snapshot isolation transaction aborted" in words:
            return Verdict.RETRY
        if error.connection_invalidated or "Communication link failure" in words:
            return Verdict.LOST
        if "Client unable to establish connection" in words or any(w in words for w in _BUSY):
            return Verdict.AWAY
        if "Invalid authorization" in words or "Cannot open database" in words:
            return Verdict.LOGIN
        if "Invalid object name" in words or "Invalid column name" in words:
            return Verdict.SCHEMA
        return Verdict.MISTAKE


class Mssql(MssqlSql, Stepwise):
    """Azure SQL."""


def _exact(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a parameter becomes within a subquery has no collation of its own."""
    return column.collate(EXACT) if isinstance(column.type, Id | Word) else column


def _unique_key(table: Table) -> list[str]:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            return [c.name for c in constraint.columns]
    return [c.name for c in table.primary_key.columns]
