"""Commands that are to be sent: written first, sent when due, repeated as the same bytes."""

from dataclasses import dataclass

from sandbox.erp.book import Book
from sandbox.erp.commands import Command


@dataclass(frozen=True)
class Due:
    """A command whose time has come."""

    command_id: str
    session_id: str
    body: bytes


class Outbox:
    """The book's commands. States: due, sent, withdrawn."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def put(self, command: Command, due_at: float) -> bool:
        """Writes a command; False where its id stands there already."""
        return bool(
            self._book.run(
                "INSERT INTO commands (command_id, key, kind, body, state, due_at)"
                " VALUES (?, ?, ?, ?, 'due', ?) ON CONFLICT (command_id) DO NOTHING",
                command.command_id,
                command.session_id,
                command.kind,
                command.body,
                due_at,
            )
        )

    def again(self, command_id: str, due_at: float) -> None:
        """Lets a command that was sent leave once more under its id, unchanged."""
        self._book.run(
            "UPDATE commands SET state = 'due', due_at = ? WHERE command_id = ?", due_at, command_id
        )

    def withdraw(self, key: str) -> None:
        """Drops what has not left yet of an order."""
        self._book.run(
            "UPDATE commands SET state = 'withdrawn' WHERE key = ? AND state = 'due'", key
        )

    def restore(self, key: str, due_at: float) -> None:
        """Lets what was dropped of an order leave after all."""
        self._book.run(
            "UPDATE commands SET state = 'due', due_at = ? WHERE key = ? AND state = 'withdrawn'",
            due_at,
            key,
        )

    def due(self, now: float, limit: int) -> list[Due]:
        """Commands whose time has come, the oldest first."""
        rows = self._book.all(
            "SELECT command_id, key, body FROM commands WHERE state = 'due' AND due_at <= ?"
            " ORDER BY due_at, rowid LIMIT ?",
            now,
            limit,
        )
        return [Due(row["command_id"], row["key"], row["body"]) for row in rows]

    def next_due(self) -> float | None:
        """When the next command is due, or None where there is none."""
        row = self._book.one("SELECT min(due_at) AS at FROM commands WHERE state = 'due'")
        return None if row is None else row["at"]

    def sent(self, commands: list[Due], now: float) -> None:
        """Marks commands that the bus has taken."""
        with self._book.transaction():
            for command in commands:
                # One that was withdrawn while it was on its way did leave all the same.
                self._book.run(
                    "UPDATE commands SET state = 'sent', sends = sends + 1, sent_at = ?"
                    " WHERE command_id = ?",
                    now,
                    command.command_id,
                )
