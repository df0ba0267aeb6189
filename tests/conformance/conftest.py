"""The running sandboxes, one for each channel that is tried."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conformance.market import Market, market_of
from tests.conformance.rows import rows


@pytest_asyncio.fixture(scope="session")
async def market(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Callable[[str], Awaitable[Market]]]:
    """Starts a channel's sandbox when it is first asked for."""
    running: dict[str, Market] = {}
    async with AsyncExitStack() as stack:

        async def of(channel: str) -> Market:
            if channel not in running:
                folder: Path = tmp_path_factory.mktemp(channel)
                running[channel] = await stack.enter_async_context(
                    market_of(rows()[channel], folder)
                )
            return running[channel]

        yield of
