"""The book as tests and the judge read it."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from sandbox.erp.book import Book
from sandbox.erp.labels import shown

OF_ORDERS = "WHERE (?1 IS NULL OR channel = ?1) AND (?2 IS NULL OR account = ?2)" + (
    " AND (?3 IS NULL OR order_id = ?3)"
)


def report(
    book: Book, channel: str | None = None, account: str | None = None, order_id: str | None = None
) -> dict[str, Any]:
    """All orders, or those that fit, with what was heard of them and answered."""
    wanted = (channel, account, order_id)
    orders = book.all(f"SELECT * FROM orders {OF_ORDERS} ORDER BY rowid", *wanted)  # noqa: S608
    keys = f"SELECT key FROM orders {OF_ORDERS}"  # noqa: S608
    events = _by_key(book, f"SELECT * FROM events WHERE key IN ({keys}) ORDER BY rowid", wanted)  # noqa: S608
    sent = _by_key(book, f"SELECT * FROM commands WHERE key IN ({keys}) ORDER BY rowid", wanted)  # noqa: S608
    held = _by_key(book, f"SELECT * FROM reservations WHERE key IN ({keys}) ORDER BY rowid", wanted)  # noqa: S608
    labels = _by_key(book, f"SELECT * FROM labels WHERE key IN ({keys}) ORDER BY rowid", wanted)  # noqa: S608
    return {
        "orders": [
            _order(row, events[row["key"]], sent[row["key"]])
            | {"reservations": [json.loads(each["lines"]) for each in held[row["key"]]]}
            | {"labels": [shown(each) for each in labels[row["key"]]]}
            for row in orders
        ]
    }


def counts(book: Book) -> dict[str, int]:
    """How much there is of everything."""
    row = book.one(
        "SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM events) AS events,"
        " (SELECT coalesce(sum(deliveries - 1), 0) FROM events) AS duplicates,"
        " (SELECT count(*) FROM commands WHERE state = 'due') AS commands_due,"
        " (SELECT count(*) FROM commands WHERE state = 'sent') AS commands_sent"
    )
    return row or {}


def _by_key(book: Book, query: str, wanted: tuple[str | None, ...]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in book.all(query, *wanted):
        found[row["key"]].append(row)
    return found


def _order(order: dict[str, Any], events: list[Any], commands: list[Any]) -> dict[str, Any]:
    figures = json.loads(order.pop("figures"))
    return {
        **order,
        **figures,
        "duplicates": sum(event["deliveries"] - 1 for event in events),
        "events": [_event(event) for event in events],
        "commands": [_command(row) for row in commands],
    }


def _event(event: dict[str, Any]) -> dict[str, Any]:
    names = ("event_id", "kind", "version", "state", "deliveries", "return_id")
    return {name: event[name] for name in names} | {
        "stale": bool(event["stale"]),
        "heard_at": _time(event["heard_at"]),
    }


def _command(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("command_id", "kind", "state", "sends")} | {
        "due_at": _time(row["due_at"]),
        "sent_at": _time(row["sent_at"]),
        "body": json.loads(row["body"]),
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
