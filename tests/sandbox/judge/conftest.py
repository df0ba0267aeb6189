from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.sandbox.judge.case import TABLES
from workers.embedded import postgres


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL; its URL as asyncpg takes it."""
    folder: Path = tmp_path_factory.mktemp("judge-postgres")
    server = postgres.start(folder, {"fsync": "off"})
    yield server.url.replace("+asyncpg", "")
    server.stop()


@pytest.fixture
async def database(server: str, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The case's tables in a schema of the test's own."""
    schema = f"test_{abs(hash(request.node.nodeid))}"
    url = f"{server}?search_path={schema}"
    connection = await asyncpg.connect(url)
    await connection.execute(f"CREATE SCHEMA {schema}")
    await connection.execute(TABLES)
    yield url
    await connection.execute(f"DROP SCHEMA {schema} CASCADE")
    await connection.close()
