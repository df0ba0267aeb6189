"""Alembic's folder, and its use from a process that has no event loop."""

import asyncio

from store import migrate


def upgrade(url: str) -> None:
    """Brings the database's tables to this program's version; see `store.migrate.upgrade`.

    Raises:
        StoreUnavailableError: The database cannot be reached; saying what to do.
    """
    asyncio.run(migrate.upgrade(url))
