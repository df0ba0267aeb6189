"""One running stack for the tests of this folder; each test has orders of its own."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from tests.fixtures.stack import Held, held
from workers.stack.parts import Pace


@pytest_asyncio.fixture(scope="package")
async def platform() -> AsyncIterator[Held]:
    pace = Pace(lock=timedelta(seconds=5), poll_every=timedelta(seconds=10))
    async with held(pace) as running:
        yield running
