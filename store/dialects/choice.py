"""Which module knows the database of a URL."""

from sqlalchemy import make_url

from store.dialects.mssql import Mssql
from store.dialects.port import Dialect
from store.dialects.postgresql_paths import Postgres
from store.errors import StoreError

POSTGRES: Dialect = Postgres()
MSSQL: Dialect = Mssql()
DRIVERS: dict[str, Dialect] = {"postgresql+asyncpg": POSTGRES}
"""Databases that can be connected now. Azure SQL joins with its asynchronous driver."""


def dialect_of(url: str) -> Dialect:
    """The database of a URL.

    Raises:
        StoreError: No module knows it; the message lists those there are.
    """
    driver = make_url(url).drivername
    if driver not in DRIVERS:
        raise StoreError(
            f"The store cannot connect to `{driver}://`: set `database_url` to one of"
            f" {', '.join(f'{name}://' for name in DRIVERS)}."
        )
    return DRIVERS[driver]
