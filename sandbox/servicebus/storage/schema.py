"""The tables of the broker's one SQLite file."""

from typing import Final

SEQUENCE_BITS: Final = 40
"""A message's row id is its queue's number shifted by this, plus its sequence number: one B-tree
holds all queues, and reading a queue in order is a walk along it."""

PRAGMAS: Final = (
    "PRAGMA auto_vacuum=INCREMENTAL",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA journal_size_limit=33554432",
    "PRAGMA cache_size=-32768",
)

TABLES: Final = """
CREATE TABLE IF NOT EXISTS queues (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    next_sequence INTEGER NOT NULL,
    active INTEGER NOT NULL,
    deferred INTEGER NOT NULL,
    scheduled INTEGER NOT NULL,
    bytes INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    state INTEGER NOT NULL,
    session TEXT,
    failures INTEGER NOT NULL,
    enqueued INTEGER NOT NULL,
    expires INTEGER,
    due INTEGER,
    head BLOB NOT NULL,
    notes BLOB NOT NULL,
    bare BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_expires ON messages (expires) WHERE expires IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_due ON messages (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_session ON messages (queue, session, id)
    WHERE session IS NOT NULL AND state = 0;
CREATE TABLE IF NOT EXISTS duplicates (
    queue INTEGER NOT NULL,
    message TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (queue, message)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS duplicates_seen ON duplicates (queue, seen);
CREATE TABLE IF NOT EXISTS session_states (
    queue INTEGER NOT NULL,
    session TEXT NOT NULL,
    state BLOB,
    changed INTEGER NOT NULL,
    PRIMARY KEY (queue, session)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rules (
    subscription TEXT PRIMARY KEY,
    declared TEXT NOT NULL,
    current TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS declarations (
    number INTEGER PRIMARY KEY,
    body TEXT NOT NULL UNIQUE
);
"""
