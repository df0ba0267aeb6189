"""Cursors: how far each poll has read, moved by compare-and-set."""

from sqlalchemy import Connection

from store.database import Database
from store.parameters import run
from store.results import Cursor
from store.sql.cursors import add_cursor, cursor_of, move_cursor


class Cursors:
    """One row for each (channel, account, name)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, channel: str, account: str, name: str) -> Cursor | None:
        """Where the cursor stands; None before its first commit."""
        values = {"channel": channel, "account": account, "name": name}
        row = await self._database.quick(
            lambda c: run(c, cursor_of(self._database.dialect), values).first()
        )
        if row is None:
            return None
        return Cursor(value=row.value, version=row.version, moved_at=row.moved_at)

    async def commit(
        self, channel: str, account: str, name: str, value: str, expected_version: int | None
    ) -> bool:
        """Moves the cursor if nobody else has meanwhile.

        Args:
            channel: The channel.
            account: The account.
            name: What is read, e.g. `orders`.
            value: How far.
            expected_version: The version that `get` gave; None where it gave no cursor.

        Returns:
            Whether it was moved.
        """
        sql = self._database.dialect
        key = {"channel": channel, "account": account, "name": name}

        def work(connection: Connection) -> int:
            if expected_version is None:
                done = run(connection, add_cursor(sql), {**key, "value": value})
            else:
                moved = {**key, "new_value": value, "expected": expected_version}
                done = run(connection, move_cursor(sql), moved)
            return done.rowcount

        return await self._database.quick(work) == 1
