import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.sandbox.trendyol.harness import Receiver, Sandbox, Seller, accounts_file

SELLERS = 160
QUIET = {
    "hook_duplicate_share": 0,
    "hook_reorder_share": 0,
    "hook_envelope_share": 0,
    "hook_lost_share": 0,
}


@pytest.fixture(scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    directory = tmp_path_factory.mktemp("trendyol")
    accounts = accounts_file(directory, SELLERS)
    sandbox = await Sandbox.start(directory / "data", accounts, "--time-scale", "150")
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def sandbox(running: Sandbox) -> AsyncIterator[Sandbox]:
    """The shared sandbox with its knobs as at the start, but without chance in webhooks."""
    before = await running.operate("GET", "/knobs")
    await running.knobs(**QUIET)
    yield running
    await running.operate("DELETE", "/faults")
    await running.knobs(**before)


@pytest.fixture(scope="session")
def seller_numbers() -> Iterator[int]:
    return itertools.count()


@pytest.fixture
def seller(sandbox: Sandbox, seller_numbers: Iterator[int]) -> Seller:
    """A seller that no other test has used: own quotas, own hooks, own orders."""
    place = next(seller_numbers)
    return Seller(sandbox, str(900100 + place), f"key{place}", f"secret{place}")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = await Receiver().start()
    yield receiver
    await receiver.stop()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path
