"""Group commit: whoever has something to store adds it and is called back when it is on disk.

Statements run in the event loop's thread, only the commit with its fsync runs in another one, and
meanwhile the next batch gathers. Everything in a batch is committed or nothing.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import structlog

Done = Callable[[Exception | None], None]
_log = structlog.get_logger(__name__)

_INSERT: Final = "INSERT INTO messages VALUES (?,?,?,?,?,?,?,?,?,?,?)"
_DELETE: Final = "DELETE FROM messages WHERE id=?"


class _Batch:
    __slots__ = ("callbacks", "deletes", "inserts", "size", "statements")

    def __init__(self) -> None:
        self.inserts: list[tuple[Any, ...]] = []
        self.statements: list[tuple[str, tuple[Any, ...]]] = []
        self.deletes: list[tuple[int]] = []
        self.callbacks: list[Done] = []
        self.size = 0


class Commits:
    """Gathers changes into batches and commits one batch after the other.

    Args:
        connection: The writing connection, in autocommit mode; no one else may use it.
        before: Called with the connection inside each transaction, before its commit.
    """

    def __init__(
        self, connection: sqlite3.Connection, before: Callable[[sqlite3.Connection], None]
    ) -> None:
        self._connection = connection
        self._before = before
        self._batch = _Batch()
        self._executor = ThreadPoolExecutor(1, "commit")
        self._loop = asyncio.get_running_loop()
        self._busy = False
        self._scheduled = False
        self._between: list[tuple[Callable[[], None], asyncio.Future[None]]] = []
        self._idle = asyncio.Event()
        self._idle.set()
        self.count = 0
        self.failure: Exception | None = None
        self.in_flight_bytes = 0

    @property
    def waiting_bytes(self) -> int:
        """Bytes of messages that are not on disk yet."""
        return self._batch.size + self.in_flight_bytes

    @property
    def idle(self) -> bool:
        """Whether nothing waits for a commit."""
        return self._idle.is_set()

    def insert(self, row: tuple[Any, ...], size: int) -> None:
        """Adds a message's row."""
        self._batch.inserts.append(row)
        self._batch.size += size
        self._wake()

    def delete(self, row_id: int) -> None:
        """Takes a message's row away; runs behind the batch's inserts and statements."""
        self._batch.deletes.append((row_id,))
        self._wake()

    def execute(self, sql: str, parameters: tuple[Any, ...]) -> None:
        """Runs a statement; statements keep their order and run behind the batch's inserts."""
        self._batch.statements.append((sql, parameters))
        self._wake()

    def after(self, callback: Done) -> None:
        """Calls back once everything added so far is on disk, or could not be brought there."""
        self._batch.callbacks.append(callback)
        self._wake()

    async def drain(self) -> None:
        """Waits until nothing is left to commit; under load that may be never."""
        await self._idle.wait()

    async def settled(self) -> None:
        """Waits until everything added so far is on disk, or could not be brought there."""
        future: asyncio.Future[None] = self._loop.create_future()
        self.after(lambda _error: None if future.done() else future.set_result(None))
        await future

    async def between(self, work: Callable[[], None]) -> None:
        """Runs something short in this thread while the connection is in no transaction."""
        if not self._busy:
            work()
            return
        future: asyncio.Future[None] = self._loop.create_future()
        self._between.append((work, future))
        await future

    async def aside(self, work: Callable[[sqlite3.Connection], bool]) -> bool:
        """Runs maintenance on the connection between two commits, if there is time for it.

        Returns:
            What the work returns, False where there was no time.
        """
        if not self.idle:
            return False
        self._busy = True
        self._idle.clear()
        try:
            return await self._loop.run_in_executor(self._executor, work, self._connection)
        finally:
            self._next()

    async def close(self) -> None:
        """Commits what is left and ends the thread."""
        await self.drain()
        self._executor.shutdown()

    def _wake(self) -> None:
        if not self._busy and not self._scheduled:
            self._scheduled = True
            self._idle.clear()
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._scheduled = False
        self._busy = True
        batch, self._batch = self._batch, _Batch()
        self.in_flight_bytes = batch.size
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            if batch.inserts:
                connection.executemany(_INSERT, batch.inserts)
            for sql, parameters in batch.statements:
                connection.execute(sql, parameters)
            if batch.deletes:
                connection.executemany(_DELETE, batch.deletes)
            self._before(connection)
        except sqlite3.Error as error:
            self._finish(batch, error)
            return
        future = self._loop.run_in_executor(self._executor, connection.execute, "COMMIT")
        future.add_done_callback(lambda done: self._finish(batch, done.exception()))

    def _finish(self, batch: _Batch, error: BaseException | None) -> None:
        failure = error if isinstance(error, Exception) else None
        if failure is not None:
            _log.error("commit_failed", rows=len(batch.inserts), error=str(failure))
            if self._connection.in_transaction:
                self._connection.rollback()
        self.count += 1
        self.failure = failure
        self.in_flight_bytes = 0
        for callback in batch.callbacks:
            try:
                callback(failure)
            except Exception:  # noqa: BLE001 - one client's trouble must not stop the others
                _log.exception("commit_callback_failed")
        self._next()

    def _next(self) -> None:
        self._busy = False
        between, self._between = self._between, []
        for work, future in between:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - whoever waits for it gets it
                future.set_exception(error)
            else:
                future.set_result(None)
        batch = self._batch
        if batch.callbacks or batch.inserts or batch.statements or batch.deletes:
            self._wake()
        else:
            self._idle.set()
