"""Durable state: small JSON documents in one SQLite file."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""


class Database:
    """Documents by kind and key, and counters; the caller commits."""

    def __init__(self, directory: Path, name: str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(directory / f"{name}.sqlite3")
        self._connection.execute("PRAGMA journal_mode=WAL")
        # State must survive a killed process, not a power cut: no fsync on the event loop.
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.executescript(SCHEMA)

    def put(self, kind: str, key: str, body: str) -> None:
        """Writes a document, replacing the one of that key."""
        self._connection.execute(
            "INSERT OR REPLACE INTO documents (kind, key, body) VALUES (?, ?, ?)", (kind, key, body)
        )

    def drop(self, kind: str, key: str) -> None:
        """Removes a document if it is there."""
        self._connection.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))

    def get(self, kind: str, key: str) -> str | None:
        """One document, or None."""
        row = self._connection.execute(
            "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        return None if row is None else str(row[0])

    def all(self, kind: str) -> Iterator[tuple[str, str]]:
        """Yields (key, body) of every document of a kind."""
        yield from self._connection.execute(
            "SELECT key, body FROM documents WHERE kind = ? ORDER BY key", (kind,)
        )

    def next(self, counter: str, start: int = 1) -> int:
        """The counter's next value; the first is `start`."""
        row = self._connection.execute(
            "INSERT INTO counters (name, value) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (counter, start),
        ).fetchone()
        return int(row[0])

    def commit(self) -> None:
        """Makes all writes since the last commit durable together."""
        self._connection.commit()

    def close(self) -> None:
        """Commits and closes."""
        self._connection.commit()
        self._connection.close()
