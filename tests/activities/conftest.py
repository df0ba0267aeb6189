"""A world without Temporal: bodies are called as the worker calls them."""

from collections.abc import AsyncIterator
from typing import cast

import pytest_asyncio
from temporalio.client import Client

from store import Store
from tests.fixtures.world import World, world_of


@pytest_asyncio.fixture(scope="session")
async def store(postgres_url: str) -> AsyncIterator[Store]:
    """A store as a worker opens it; each test has a channel, and so rows, of its own."""
    opened = Store.connect(postgres_url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def world(store: Store) -> World:
    """Marketplace, bus and store; the client is never asked."""
    world = world_of(cast(Client, None), store)
    await world.know("SKU-1")
    return world
