"""Listings: which internal item a channel's SKU is. SKUs are never assumed equal."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from store.chunks import chunks
from store.database import Database
from store.dialects.port import Sql
from store.parameters import run
from store.results import ImportCounts
from store.rows import encode
from store.sql.listings import LISTED, add_listings, change_listings, items_of

COLUMNS = tuple(c.name for c in LISTED)


class ListingsError(Exception):
    """A listings file that cannot be read; the message names the line."""


class Listings:
    """One row for each (channel, account, channel SKU)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def import_csv(self, source: Path | Iterable[str]) -> ImportCounts:
        """Adds and changes listings; none is removed. Of two rows for one SKU the later counts.

        Args:
            source: A UTF-8 file or its lines. The header must name `channel`, `account`,
                `channel_sku` and `item_id`; other columns are ignored.

        Raises:
            ListingsError: The file, a column or a value is missing; nothing is imported.
        """
        lines = _lines_of(source) if isinstance(source, Path) else source
        rows = _parsed(lines)
        sql = self._database.dialect

        def work(connection: Connection) -> ImportCounts:
            added = changed = 0
            for part in chunks(rows):
                values = {"rows": encode(LISTED, part)}
                changed += _count(connection, change_listings(sql), values)
                added += _count(connection, add_listings(sql), values)
            return ImportCounts(added=added, changed=changed, unchanged=len(rows) - added - changed)

        return await self._database.transaction(work)

    async def lookup(self, channel: str, account: str, skus: Iterable[str]) -> dict[str, str]:
        """Item ids by channel SKU, of those that are known."""
        asked = list(skus)
        return await self._database.quick(
            lambda c: items_by_sku(c, self._database.dialect, channel, account, asked)
        )


def items_by_sku(
    connection: Connection, sql: Sql, channel: str, account: str, skus: Iterable[str]
) -> dict[str, str]:
    """The same within a transaction that is under way."""
    found: dict[str, str] = {}
    for part in chunks(sorted(set(skus))):
        values = {"channel": channel, "account": account, "skus": part}
        found.update((r.channel_sku, r.item_id) for r in run(connection, items_of(sql), values))
    return found


def _count(connection: Connection, statement: Any, values: dict[str, Any]) -> int:
    return run(connection, statement, values).rowcount


def _lines_of(path: Path) -> list[str]:
    try:
        # A byte order mark is what spreadsheets put before the first column's name.
        return path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise ListingsError(f"{path} cannot be read as UTF-8 text: {error}") from error


def _parsed(lines: Iterable[str]) -> list[dict[str, str]]:
    """Rows in the order in which concurrent imports lock them, each key once."""
    reader = csv.DictReader(lines)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise ListingsError(
            f"The header lacks {', '.join(missing)}; it must name {', '.join(COLUMNS)}."
        )
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for read in reader:
        row = {name: (read[name] or "").strip() for name in COLUMNS}
        empty = [name for name, value in row.items() if not value]
        if empty:
            raise ListingsError(f"Line {reader.line_num}: {', '.join(empty)} is empty.")
        rows[tuple(row[name] for name in COLUMNS[:3])] = row
    return [rows[key] for key in sorted(rows)]
