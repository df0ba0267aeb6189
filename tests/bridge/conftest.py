from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from bridge.bus import ServiceBus
from store import Store
from tests.bridge.marketplaces import ACCOUNT, NAMES, REAL, WORKED, account, declared
from tests.bridge.running import Working, dispatching
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
async def store(postgres_url: str) -> AsyncIterator[Store]:
    """One store for all tests of the bridge: their orders do not meet."""
    store = Store.connect(postgres_url)
    yield store
    await store.close()


@pytest.fixture(scope="session")
async def working(bus: ServiceBus, store: Store, temporal: Client) -> AsyncIterator[Working]:
    """A dispatcher at work for most tests: to open and close one takes the SDK seconds."""
    accounts = {(name, ACCOUNT): account(name) for name in (REAL, *WORKED)}
    async with dispatching(bus, store, temporal, accounts) as dispatcher:
        yield Working(dispatcher, accounts)
