"""One store for all tests of this folder: each has a channel, and so rows, of its own."""

from collections.abc import AsyncIterator

import pytest_asyncio

from store import Store


@pytest_asyncio.fixture(scope="session")
async def store(postgres_url: str) -> AsyncIterator[Store]:
    """A store as a worker opens it."""
    opened = Store.connect(postgres_url)
    yield opened
    await opened.close()
