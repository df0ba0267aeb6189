"""The rows of quotas in the database, moved by compare-and-set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row

from store.chunks import chunks
from store.database import Database
from store.parameters import run
from store.rows import encode
from store.sql import limits as sql

WITHIN = 3.0
"""Seconds for a statement: whoever waits longer has lost its slot."""
POOL = 4


@dataclass(frozen=True)
class Version:
    """A row: its version and what it holds."""

    version: int
    state: str


@dataclass(frozen=True)
class Answer:
    """What the database says."""

    rows: Mapping[str, Version]
    now: float
    """Its clock, in milliseconds."""
    swapped: bool = False


class Rows(Protocol):
    """Where quotas are kept."""

    async def read(self, keys: Sequence[str]) -> Answer:
        """The rows, made where they are missing.

        Raises:
            StoreError: The database is away.
        """
        ...

    async def swap(self, rows: Mapping[str, Version], by: float) -> Answer:
        """Writes all rows if none was written since its version and it is not later than `by`.

        Raises:
            StoreError: The database is away; the rows may have been written.
        """
        ...

    async def close(self) -> None: ...


class SqlRows:
    """Rows of the table `limits`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def connect(cls, url: str) -> "SqlRows":
        """Opens connections of their own: a slot must not wait behind orders."""
        return cls(Database(url, POOL, WITHIN))

    async def read(self, keys: Sequence[str]) -> Answer:
        """See `Rows`."""
        return await self._database.quick(lambda c: self._read(c, keys))

    async def look(self, keys: Sequence[str]) -> Answer:
        """The rows that are there, and the clock; nothing is written."""

        def work(connection: Connection) -> Answer:
            dialect = self._database.dialect
            now = run(connection, sql.database_clock(dialect)).scalar_one()
            rows: dict[str, Version] = {}
            for part in chunks(keys):
                found = run(connection, sql.limits_of(dialect), {"keys": list(part)}).all()
                rows |= _answer(found).rows
            return Answer(rows, now.timestamp() * 1000)

        return await self._database.quick(work)

    async def swap(self, rows: Mapping[str, Version], by: float) -> Answer:
        """See `Rows`."""
        values = {
            "rows": encode(sql.SWAPPED, [_values(k, v) for k, v in rows.items()]),
            "by": datetime.fromtimestamp(by / 1000, UTC),
        }
        if self._database.dialect.paths_are_atomic:
            return await self._database.quick(lambda c: self._swap(c, values))
        if await self._database.transaction(lambda c: self._swap_stepwise(c, values, len(rows))):
            return replace_swapped(await self.read(list(rows)))
        return await self.read(list(rows))

    async def close(self) -> None:
        """Gives the connections back."""
        await self._database.close()

    def _read(self, connection: Connection, keys: Sequence[str]) -> Answer:
        dialect = self._database.dialect
        found = run(connection, sql.limits_of(dialect), {"keys": list(keys)}).all()
        if len(found) < len(keys):
            missing = [{"scope_key": k, "version": 0, "state": "{}"} for k in keys]
            run(connection, sql.add_limits(dialect), {"rows": encode(sql.SWAPPED, missing)})
            found = run(connection, sql.limits_of(dialect), {"keys": list(keys)}).all()
        return _answer(found)

    def _swap(self, connection: Connection, values: Mapping[str, Any]) -> Answer:
        found = run(connection, sql.swap_limits_at_once(self._database.dialect), values).all()
        return _answer(found, all(row.swapped is not None for row in found))

    def _swap_stepwise(
        self, connection: Connection, values: Mapping[str, Any], number: int
    ) -> bool:
        """All or none: where a row has moved on, those that were written are taken back."""
        done = run(connection, sql.swap_limits(self._database.dialect), values)
        if done.rowcount == number:
            return True
        connection.rollback()
        return False


def replace_swapped(answer: Answer) -> Answer:
    """The same, said of rows that were written."""
    return Answer(answer.rows, answer.now, swapped=True)


def _values(key: str, row: Version) -> dict[str, Any]:
    return {"scope_key": key, "version": row.version, "state": row.state}


def _answer(found: Sequence[Row[Any]], swapped: bool = False) -> Answer:
    rows = {row.scope_key: Version(row.version, row.state) for row in found}
    now = found[0].now.timestamp() * 1000 if found else 0.0
    return Answer(rows, now, swapped)
