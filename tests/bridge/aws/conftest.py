from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bridge.bus import ServiceBus
from channels.registry import rows
from tests.bridge.aws.harness import CHANNEL, Child, Cloud, declaration, functions, polling
from tests.bridge.marketplaces import declared
from tests.sandbox.servicebus.program import Program


@pytest.fixture(scope="package")
async def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("lambda"))


@pytest.fixture(scope="package")
async def broker(folder: Path) -> AsyncIterator[Program]:
    """A broker of these tests' own, as one of them takes it away."""
    program = Program(declared([CHANNEL, "claimant", *rows()]), folder / "bus")
    await program.start()
    yield program
    await program.stop()


@pytest.fixture(scope="package")
async def bus(broker: Program) -> AsyncIterator[ServiceBus]:
    bus = ServiceBus.connect(broker.connection_string())
    yield bus
    await bus.close()


@pytest.fixture(scope="package")
async def cloud(folder: Path) -> AsyncIterator[Cloud]:
    cloud = await Cloud.start(folder, declaration())
    yield cloud
    await cloud.child.stop()


@pytest.fixture(scope="package")
async def poller(cloud: Cloud, broker: Program, folder: Path) -> AsyncIterator[Child]:
    """The event source, with the handlers kept warm for most tests."""
    child = await polling(cloud, folder, functions(cloud, broker.connection_string()))
    yield child
    await child.stop()
