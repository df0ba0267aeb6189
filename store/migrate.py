"""The schema: brought to this program's version, and checked."""

import asyncio
import threading
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from store.database import Database
from store.errors import StoreUnavailableError

MIGRATIONS = Path(__file__).with_name("migrations")
MIGRATE_WITHIN = 600.0
"""Seconds for one statement: large tables take their time."""
_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps what it is about in its module's globals."""


def config() -> Config:
    """Alembic's configuration, without a file."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return made


async def upgrade(url: str) -> None:
    """Brings the database's tables to this program's version; does nothing where they are.

    Several processes may do so at once: one works, the others wait.

    Raises:
        StoreUnavailableError: The database cannot be reached; saying what to do.
    """
    await asyncio.to_thread(upgrade_blocking, url)


def upgrade_blocking(url: str) -> None:
    """The same for a caller without an event loop."""
    with _ONE_AT_A_TIME:
        asyncio.run(_upgrade_within_a_transaction(url))


async def _upgrade_within_a_transaction(url: str) -> None:
    database = Database(url, pool_size=1, within=MIGRATE_WITHIN)
    try:
        await database.transaction(_upgrade)
    finally:
        await database.close()


def _upgrade(connection: Connection) -> None:
    made = config()
    made.attributes["connection"] = connection
    command.upgrade(made, "head")


@cache
def head() -> str | None:
    """The newest migration of this program."""
    return ScriptDirectory.from_config(config()).get_current_head()


def require_head(connection: Connection) -> None:
    """Checks that the tables are those of this program.

    Raises:
        StoreUnavailableError: They are older, newer or not there.
    """
    found = MigrationContext.configure(connection).get_current_revision()
    if found != head():
        raise StoreUnavailableError(
            f"The database's tables are of version {found or 'none'}, this program needs {head()}:"
            " run `souk db upgrade` with this program's version."
        )
