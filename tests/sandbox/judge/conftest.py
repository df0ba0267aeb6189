import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.sandbox.judge.case import TABLES
from workers.embedded import postgres


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL; its URL as asyncpg takes it."""
    # Not in pytest's own folder: each pytest that starts closes that one to all other accounts,
    # among them the one that the server steps down to from root.
    with tempfile.TemporaryDirectory(prefix="judge-postgres-") as folder:
        server = postgres.start(Path(folder), {"fsync": "off"})
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
