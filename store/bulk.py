"""Rows by the hundred thousand into one table, within a transaction that is under way."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import asyncpg
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from store.dialects.port import Dialect
from store.errors import StoreConflictError
from store.parameters import run
from store.rows import encode
from store.sql.documents import LOADERS

AT_ONCE = 2000
"""Rows of one JSON parameter."""
COPY_WITHIN = 3600.0
"""Seconds for one COPY; the process that reads the file has a limit of its own."""

Row = tuple[Any, ...]


async def load(
    connection: AsyncConnection, dialect: Dialect, table: Table, rows: Iterator[Row]
) -> None:
    """Writes rows as they are made; memory holds few of them.

    Args:
        connection: In whose transaction they are written.
        dialect: The database.
        table: Whose columns the rows have, in their order.
        rows: Whatever they raise ends the transaction, by the caller.
    """
    if dialect.copies:
        await _copied(connection, table, rows)
        return
    statement = LOADERS[table.name](dialect)
    for part in _parts(rows):
        named = (dict(zip(table.columns.keys(), row, strict=True)) for row in part)
        encoded = encode(list(table.columns), named)
        await connection.run_sync(run, statement, {"rows": encoded})


async def _copied(connection: AsyncConnection, table: Table, rows: Iterator[Row]) -> None:
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    columns = [c.name for c in table.columns]
    try:
        await driver.copy_records_to_table(
            table.name, records=rows, columns=columns, timeout=COPY_WITHIN
        )
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as error:
        raise StoreConflictError(
            f"The connection broke off while rows went into {table.name}."
            " Nothing of the document is stored: repeat it."
        ) from error


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while part := list(itertools.islice(iterator, AT_ONCE)):
        yield part
