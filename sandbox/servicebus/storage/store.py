"""The broker's store: messages, duplicate ids, session states and run-time declarations on disk."""

import fcntl
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from sandbox.servicebus.storage.commits import Commits, Done
from sandbox.servicebus.storage.row import ACTIVE, SCHEDULED, Message
from sandbox.servicebus.storage.schema import PRAGMAS, SEQUENCE_BITS, TABLES

_COLUMNS: Final = "id, state, session, failures, enqueued, expires, due, head, notes, bare"
_MASK: Final = (1 << SEQUENCE_BITS) - 1
_READ_BYTES: Final = 4 * 1024 * 1024
_VACUUM_FROM_PAGES: Final = 256
_VACUUM_PAGES: Final = 4096


class StoreInUseError(Exception):
    """Another process has the data folder open."""


class Counters:
    """What a queue knows about its messages without reading them; stored with every commit."""

    __slots__ = ("active", "bytes", "deferred", "next_sequence", "number", "scheduled")

    def __init__(
        self,
        number: int,
        next_sequence: int = 1,
        active: int = 0,
        deferred: int = 0,
        scheduled: int = 0,
        size: int = 0,
    ) -> None:
        self.number = number
        self.next_sequence = next_sequence
        self.active = active
        self.deferred = deferred
        self.scheduled = scheduled
        self.bytes = size

    def take_sequence(self) -> int:
        """Returns the next sequence number."""
        sequence = self.next_sequence
        self.next_sequence += 1
        return sequence

    def add(self, state: int, count: int = 1) -> None:
        """Counts messages of a state in, or out with a negative count."""
        if state == ACTIVE:
            self.active += count
        elif state == SCHEDULED:
            self.scheduled += count
        else:
            self.deferred += count


class Store:
    """One SQLite file, written by group commits and read directly.

    Args:
        folder: Where the file is; it is made when it is missing.

    Raises:
        StoreInUseError: Another process has it open.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise StoreInUseError(
                f"{folder} belongs to a broker that is running; stop it or name another folder"
            ) from error
        self.path = folder / "bus.db"
        writer = self._connect()
        for pragma in PRAGMAS:
            writer.execute(pragma)
        writer.executescript(TABLES)
        self._writer = writer
        self._reader = self._connect()
        self._reader.execute("PRAGMA query_only=ON")
        self._dirty: set[Counters] = set()
        self._shown = ""
        self.commits = Commits(writer, self._write_counters)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.execute("PRAGMA busy_timeout=5000")
        return connection

    def show_only(self, numbers: Iterable[int]) -> None:
        """Leaves queues alone that are not declared any more, but still have messages."""
        stored = {row[0] for row in self._reader.execute("SELECT number FROM queues")}
        hidden = sorted(stored - set(numbers))
        self._shown = f"AND queue NOT IN ({','.join(map(str, hidden))})" if hidden else ""

    def counters(self, name: str) -> Counters:
        """Returns the counters of the queue with this name, which is new or was there before."""
        row = self._reader.execute(
            "SELECT number, next_sequence, active, deferred, scheduled, bytes"
            " FROM queues WHERE name=?",
            (name,),
        ).fetchone()
        if row is not None:
            return Counters(*row)
        if self._writer.in_transaction:
            raise RuntimeError("a queue can only be made between two commits")
        number = self._writer.execute(
            "INSERT INTO queues (name, next_sequence, active, deferred, scheduled, bytes)"
            " VALUES (?, 1, 0, 0, 0, 0) RETURNING number",
            (name,),
        ).fetchone()[0]
        return Counters(number)

    def insert(self, queue: Counters, message: Message) -> None:
        """Stores a message."""
        number = queue.number
        row_id = number << SEQUENCE_BITS | message.sequence
        self.commits.insert((row_id, number, *message.columns()), message.size)
        queue.add(message.state)
        queue.bytes += message.size
        self._dirty.add(queue)

    def delete(self, queue: Counters, message: Message) -> None:
        """Takes a message away."""
        self.commits.delete(queue.number << SEQUENCE_BITS | message.sequence)
        queue.add(message.state, -1)
        queue.bytes -= message.size
        self._dirty.add(queue)

    def undo_insert(self, queue: Counters, message: Message) -> None:
        """Counts a message out whose insertion failed."""
        queue.add(message.state, -1)
        queue.bytes -= message.size
        self._dirty.add(queue)

    def undo_delete(self, queue: Counters, message: Message) -> None:
        """Counts a message in whose deletion failed."""
        queue.add(message.state)
        queue.bytes += message.size
        self._dirty.add(queue)

    def set_failures(self, queue: Counters, message: Message) -> None:
        """Stores a message's delivery count."""
        self.commits.execute(
            "UPDATE messages SET failures=? WHERE id=?",
            (message.failures, queue.number << SEQUENCE_BITS | message.sequence),
        )

    def set_bare(self, queue: Counters, message: Message) -> None:
        """Stores a changed bare message."""
        self.commits.execute(
            "UPDATE messages SET bare=? WHERE id=?",
            (message.bare, queue.number << SEQUENCE_BITS | message.sequence),
        )

    def set_state(self, queue: Counters, message: Message, state: int) -> None:
        """Moves a message to another state at its place."""
        self.commits.execute(
            "UPDATE messages SET state=?, failures=?, due=NULL WHERE id=?",
            (state, message.failures, queue.number << SEQUENCE_BITS | message.sequence),
        )
        queue.add(message.state, -1)
        queue.add(state)
        message.state = state
        self._dirty.add(queue)

    def after(self, callback: Done) -> None:
        """Calls back when everything so far is on disk."""
        self.commits.after(callback)

    def read(
        self,
        queue: Counters,
        after: int,
        limit: int,
        *,
        session: str | None = None,
        any_state: bool = False,
    ) -> tuple[list[Message], bool]:
        """Reads messages in order.

        Args:
            queue: Whose.
            after: The sequence number behind which to begin.
            limit: How many at most; fewer where they are big.
            session: Only this session's.
            any_state: Deferred and scheduled ones too.

        Returns:
            The messages, and whether there may be more behind them.
        """
        low = queue.number << SEQUENCE_BITS
        conditions, parameters = ["id > ?", "id < ?"], [low | after, low + _MASK + 1]
        if session is not None:
            conditions.append("queue = ? AND session = ?")
            parameters += [queue.number, session]  # type: ignore[list-item]
        if not any_state:
            conditions.append("state = 0")
        sql = (
            f"SELECT {_COLUMNS} FROM messages WHERE {' AND '.join(conditions)} ORDER BY id LIMIT ?"  # noqa: S608 - constants only
        )
        messages: list[Message] = []
        size = 0
        cursor = self._reader.execute(sql, (*parameters, limit))
        for row in cursor:
            messages.append(_message(row))
            size += messages[-1].size
            if size > _READ_BYTES:
                cursor.close()
                return messages, True
        return messages, len(messages) == limit

    def get(self, queue: Counters, sequence: int) -> Message | None:
        """Reads one message."""
        row = self._reader.execute(
            f"SELECT {_COLUMNS} FROM messages WHERE id = ?",  # noqa: S608 - constants only
            (queue.number << SEQUENCE_BITS | sequence,),
        ).fetchone()
        return None if row is None else _message(row)

    def expired(self, now: int, limit: int) -> list[tuple[int, int]]:
        """Returns queue numbers and sequence numbers of messages whose time is over."""
        rows = self._reader.execute(
            f"SELECT id FROM messages WHERE expires <= ? {self._shown} ORDER BY expires LIMIT ?",  # noqa: S608 - numbers only
            (now, limit),
        )
        return [(row[0] >> SEQUENCE_BITS, row[0] & _MASK) for row in rows]

    def due(self, now: int, limit: int) -> list[tuple[int, int]]:
        """Returns queue numbers and sequence numbers of scheduled messages whose time has come."""
        rows = self._reader.execute(
            f"SELECT id FROM messages WHERE due <= ? {self._shown} ORDER BY due, id LIMIT ?",  # noqa: S608 - numbers only
            (now, limit),
        )
        return [(row[0] >> SEQUENCE_BITS, row[0] & _MASK) for row in rows]

    def next_due(self) -> int | None:
        """Returns when the next scheduled message is due."""
        row: tuple[int | None] = self._reader.execute(
            f"SELECT min(due) FROM messages WHERE due IS NOT NULL {self._shown}"  # noqa: S608 - numbers only
        ).fetchone()
        return row[0]

    def query(self, sql: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Reads what the other files of the broker keep here."""
        return self._reader.execute(sql, tuple(parameters)).fetchall()

    async def tidy(self) -> bool:
        """Gives free pages back to the file system, when there is nothing else to do.

        Returns:
            Whether there are more.
        """
        return await self.commits.aside(_tidy)

    async def close(self) -> None:
        """Commits what is left and closes the file."""
        await self.commits.close()
        self._reader.close()
        self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._writer.close()
        self._lock.close()

    def _write_counters(self, connection: sqlite3.Connection) -> None:
        if self._dirty:
            connection.executemany(
                "UPDATE queues SET next_sequence=?, active=?, deferred=?, scheduled=?, bytes=?"
                " WHERE number=?",
                [
                    (
                        queue.next_sequence,
                        queue.active,
                        queue.deferred,
                        queue.scheduled,
                        queue.bytes,
                        queue.number,
                    )
                    for queue in self._dirty
                ],
            )
            self._dirty.clear()


def _message(row: tuple[Any, ...]) -> Message:
    return Message(row[0] & _MASK, *row[1:])


def _tidy(connection: sqlite3.Connection) -> bool:
    free: int = connection.execute("PRAGMA freelist_count").fetchone()[0]
    if free < _VACUUM_FROM_PAGES:
        return False
    # Not execute(): it takes one step, and this pragma frees one page a step.
    connection.executescript(f"PRAGMA incremental_vacuum({_VACUUM_PAGES});")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return free >= _VACUUM_PAGES + _VACUUM_FROM_PAGES
