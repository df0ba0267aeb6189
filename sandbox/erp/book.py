"""The ERP's durable book: one SQLite file with orders, events heard and commands to send.

A message is settled only after it stands here, and a command is written here before it is sent:
a killed process repeats at most what the ids make harmless.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    key TEXT PRIMARY KEY, channel TEXT NOT NULL, account TEXT NOT NULL, order_id TEXT NOT NULL,
    stage TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL, figures TEXT NOT NULL,
    invoice_number TEXT UNIQUE
);
CREATE TABLE IF NOT EXISTS events (
    event_id TEXT PRIMARY KEY, key TEXT NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL,
    state TEXT NOT NULL, stale INTEGER NOT NULL, deliveries INTEGER NOT NULL,
    heard_at REAL NOT NULL, return_id TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS events_of_order ON events (key);
CREATE TABLE IF NOT EXISTS commands (
    command_id TEXT PRIMARY KEY, key TEXT NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL,
    state TEXT NOT NULL, due_at REAL NOT NULL, sends INTEGER NOT NULL DEFAULT 0, sent_at REAL
);
CREATE INDEX IF NOT EXISTS commands_of_order ON commands (key);
CREATE INDEX IF NOT EXISTS commands_due ON commands (due_at) WHERE state = 'due';
CREATE TABLE IF NOT EXISTS reservations (
    event_id TEXT PRIMARY KEY, key TEXT NOT NULL, lines TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS reservations_of_order ON reservations (key);
CREATE TABLE IF NOT EXISTS labels (
    event_id TEXT PRIMARY KEY, key TEXT NOT NULL, parcel_id TEXT NOT NULL,
    command_id TEXT NOT NULL, labels TEXT NOT NULL, refused TEXT NOT NULL,
    deliveries INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS labels_of_order ON labels (key);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


class Book:
    """The file, with transactions. Times in it are epoch seconds, UTC."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "erp.sqlite3", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        # A killed process loses nothing; only a power cut could take the last moments.
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)
        self._bring_up()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes within stand together or not at all."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def run(self, statement: str, *values: object) -> int:
        """Runs a statement; returns how many rows it changed."""
        return self._db.execute(statement, values).rowcount

    def all(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """All rows of a query, by column name."""
        return [dict(row) for row in self._db.execute(statement, values)]

    def one(self, statement: str, *values: object) -> dict[str, Any] | None:
        """The first row of a query, or None."""
        row = self._db.execute(statement, values).fetchone()
        return None if row is None else dict(row)

    def next(self, counter: str) -> int:
        """The counter's next value, from 1 on."""
        row = self._db.execute(
            "INSERT INTO counters (name, value) VALUES (?, 1)"
            " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (counter,),
        ).fetchone()
        return int(row[0])

    def _bring_up(self) -> None:
        """A book of an earlier version gets what it lacks."""
        columns = {row["name"] for row in self.all("PRAGMA table_info(events)")}
        if "return_id" not in columns:
            self.run("ALTER TABLE events ADD COLUMN return_id TEXT NOT NULL DEFAULT ''")

    def close(self) -> None:
        """Closes the file."""
        self._db.close()
