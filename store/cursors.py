"""Cursors: how far each poll has read, moved by compare-and-set."""

from store.results import Cursor


class Cursors:
    """One row for each (channel, account, name)."""

    async def get(self, channel: str, account: str, name: str) -> Cursor | None:
        """Where the cursor stands; None before its first commit."""
        raise NotImplementedError

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
        raise NotImplementedError
