import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from azure.servicebus.aio import ServiceBusClient, ServiceBusSender

from tests.sandbox.erp.harness import Broker, Erp, Inbox, Lane, Process


@pytest.fixture(scope="session", autouse=True)
async def no_process_left() -> AsyncIterator[None]:
    """A test that fails half-way leaves its programs behind."""
    yield
    for process in Process.started:
        await process.kill()


@pytest.fixture(scope="session")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Broker]:
    broker = await Broker.start(tmp_path_factory.mktemp("erp-broker"))
    yield broker
    await broker.process.stop()


@pytest.fixture(scope="session")
async def client(broker: Broker) -> AsyncIterator[ServiceBusClient]:
    async with ServiceBusClient.from_connection_string(broker.connection_string) as client:
        yield client


@pytest.fixture(scope="session")
async def lane(broker: Broker) -> Lane:
    return await broker.lane("shared")


@pytest.fixture(scope="session")
async def erp(
    broker: Broker, lane: Lane, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Erp]:
    """One ERP for all tests that only look at orders of their own."""
    erp = await Erp.start(broker, lane, tmp_path_factory.mktemp("erp"), "--delay", "0.02..0.1")
    await erp.health_with(connected=True)
    yield erp
    assert await erp.process.stop() == 0


@pytest.fixture(scope="session")
async def tell(client: ServiceBusClient, lane: Lane) -> AsyncIterator[ServiceBusSender]:
    async with client.get_topic_sender(lane.topic) as sender:
        yield sender


@pytest.fixture(scope="session")
async def inbox(client: ServiceBusClient, lane: Lane) -> AsyncIterator[Inbox]:
    inbox = Inbox(client, lane.queue)
    task = asyncio.create_task(inbox.run())
    yield inbox
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
