import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.sandbox.amazon.aws import Aws, Queue
from tests.sandbox.amazon.harness import Sandbox, Seller, accounts_file

SELLERS = 200
QUIET = {
    "notification_duplicate_share": 0,
    "notification_reorder_share": 0,
    "notification_lost_share": 0,
    "notification_early_share": 0,
}
SCALE = "2000"
"""Two minutes are 60 ms."""


@pytest.fixture(scope="session")
async def aws() -> AsyncIterator[Aws]:
    aws = await Aws.start()
    yield aws
    await aws.stop()


@pytest.fixture(scope="session")
async def running(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    directory = tmp_path_factory.mktemp("amazon")
    accounts = accounts_file(directory, SELLERS)
    # Tokens live an hour here too, so that a slow machine fails no test.
    sandbox = await Sandbox.start(
        directory / "data", accounts, "--time-scale", SCALE, "--aws-endpoint", aws.url,
        "--knob", "token_life_s=7200000",
    )  # fmt: skip
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def sandbox(running: Sandbox) -> AsyncIterator[Sandbox]:
    """The shared sandbox with its knobs as at the start, without chance in notifications."""
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
    """A seller that no other test has used: own quotas, own orders."""
    return Seller(sandbox, next(seller_numbers))


@pytest.fixture
def other(sandbox: Sandbox, seller_numbers: Iterator[int]) -> Seller:
    """A second seller of the same application."""
    return Seller(sandbox, next(seller_numbers))


@pytest.fixture
async def queue(aws: Aws) -> Queue:
    return await aws.queue()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path
