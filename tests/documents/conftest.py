"""One store for all tests of this folder: each has an account, and so documents, of its own."""

from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.client import Client

from store import Store
from tests.documents.stage import Stage, staged


@pytest_asyncio.fixture(scope="session")
async def store(postgres_url: str) -> AsyncIterator[Store]:
    """A store as a worker opens it."""
    opened = Store.connect(postgres_url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def stage(temporal: Client, store: Store, postgres_url: str) -> AsyncIterator[Stage]:
    """A worker, and a marketplace that has reports."""
    async with staged(temporal, store, postgres_url) as one:
        yield one
