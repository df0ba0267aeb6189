"""A store on emptied tables; and the same with the hot paths that databases share."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import delete

from store import Plain, Store
from store.database import Database
from store.dialects.port import Dialect
from store.dialects.postgresql import PostgresSql
from store.dialects.stepwise import Stepwise
from store.tables import METADATA
from tests.fixtures.postgres import fresh_database

EMPTY = "; ".join(str(delete(table)) for table in reversed(METADATA.sorted_tables))


class StepwisePostgres(PostgresSql, Stepwise):
    """PostgreSQL gone through step by step, as Azure SQL is: the way is tried where it can be."""


@pytest_asyncio.fixture(scope="session")
async def store_tests_url(postgres_template: str) -> str:
    """A database for the tests of this folder, which run one after the other."""
    return await fresh_database(postgres_template)


@pytest_asyncio.fixture
async def clean_url(store_tests_url: str) -> str:
    """The database with nothing in it."""
    connection = await asyncpg.connect(store_tests_url.replace("+asyncpg", "", 1))
    try:
        await connection.execute(EMPTY)
    finally:
        await connection.close()
    return store_tests_url


@pytest_asyncio.fixture
async def store(clean_url: str) -> AsyncIterator[Store]:
    """A store as processes open it."""
    store = Store.connect(clean_url)
    yield store
    await store.close()


@pytest_asyncio.fixture(params=["one statement", "stepwise"])
async def either(request: pytest.FixtureRequest, clean_url: str) -> AsyncIterator[Store]:
    """A store by each implementation of the hot paths."""
    dialect: Dialect | None = StepwisePostgres() if request.param == "stepwise" else None
    store = Store(Database(clean_url, 10, dialect=dialect), Plain())
    yield store
    await store.close()
