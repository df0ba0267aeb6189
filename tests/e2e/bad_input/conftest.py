"""The stack of the whole folder above; after bad input good orders are served as before."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import ClientSession
from azure.servicebus.aio import ServiceBusReceiver, ServiceBusSender

from tests.e2e.bad_input.edges import COMMANDS, INBOUND, Edges, client_of
from tests.fixtures.stack import Held


@pytest_asyncio.fixture(scope="package")
async def edges(platform: Held) -> AsyncIterator[Edges]:
    """The edges, with links to the bus that stay open: opening one takes the SDK half a second."""
    client = client_of(platform)
    letters = {
        queue: client.get_queue_receiver(queue, sub_queue="deadletter")
        for queue in (INBOUND, COMMANDS)
    }
    senders = {queue: client.get_queue_sender(queue) for queue in (INBOUND, COMMANDS)}
    links: list[ServiceBusReceiver | ServiceBusSender] = [*letters.values(), *senders.values()]
    await asyncio.gather(*(link.__aenter__() for link in links))
    async with ClientSession() as http:
        yield Edges(platform, http, letters, senders)
    await asyncio.gather(*(link.close() for link in links))
    await client.close()


@pytest_asyncio.fixture(autouse=True, scope="module")
async def all_go_on(edges: Edges) -> AsyncIterator[None]:
    """After a file's bad input, each followed by the next, a good order is served to its end."""
    yield
    await edges.a_good_order_is_served()


@pytest_asyncio.fixture(autouse=True)
async def nothing_crashes(edges: Edges) -> AsyncIterator[None]:
    """No process ended, and none met what nobody had foreseen."""
    logged, restarts = edges.logged(), edges.platform.stack.supervisor.restarts
    yield
    assert edges.platform.stack.supervisor.restarts == restarts
    assert edges.faults_since(logged) == []
