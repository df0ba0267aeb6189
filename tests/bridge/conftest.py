from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bridge.bus import ServiceBus
from store import Store
from tests.bridge.marketplaces import NAMES, declared
from tests.sandbox.servicebus.program import Program


@pytest.fixture(scope="session")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    """The stand-in for Service Bus, with the entities that the platform declares."""
    folder = Path(tmp_path_factory.mktemp("bridge-bus"))
    program = Program(declared(NAMES), folder)
    await program.start()
    yield program
    await program.stop()


@pytest.fixture(scope="session")
async def bus(broker: Program) -> AsyncIterator[ServiceBus]:
    """The adapter, its senders shared by all tests as by all parts of a process."""
    bus = ServiceBus.connect(broker.connection_string())
    yield bus
    await bus.close()


@pytest.fixture(scope="session")
async def store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Store]:
    from store.migrate import upgrade
    from workers.embedded.postgres import start

    pg = start(Path(__import__("tempfile").mkdtemp()), {"fsync": "off"})
    await upgrade(pg.url)
    store = Store.connect(pg.url)
    yield store
    await store.close()
    pg.stop()
