"""Connections that an operation works with, closed when it is done."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from store import Store
from workers.sealer import sealer_of
from workers.settings import Settings


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """The store of the settings, checked.

    Raises:
        StoreUnavailableError: It does not answer, or lacks its tables.
    """
    store = Store.connect(
        settings.database_url.get_secret_value(), pool_size=2, sealer=sealer_of(settings)
    )
    try:
        await store.check()
        yield store
    finally:
        await store.close()
