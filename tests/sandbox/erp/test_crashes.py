"""The ERP or the bus dies in the middle: no command is lost, none is made twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from azure.servicebus.aio import ServiceBusClient

from tests.sandbox.erp.harness import Broker, Erp, Inbox, Lane, event, key, message

ORDERS = [f"{number}" for number in range(10700000001, 10700000081)]


async def test_killed_in_the_middle_no_command_is_lost_and_none_is_doubled(
    broker: Broker, client: ServiceBusClient, tmp_path: Path
) -> None:
    lane = await broker.lane("kill")
    habits = ("--delay", "0.05..0.6", "--seed", "3")
    erp = await Erp.start(broker, lane, tmp_path, *habits)
    async with collected(client, lane.queue) as inbox, client.get_topic_sender(lane.topic) as tell:
        await tell.send_messages([message(event("order.received", x)) for x in ORDERS])
        await erp.health_with(commands_sent=20)
        await erp.process.kill()
        erp = await Erp.start(broker, lane, tmp_path, *habits)
        await tell.send_messages([message(event("order.released", x, version=2)) for x in ORDERS])
        await erp.health_with(commands_sent=len(ORDERS) + 40)
        await erp.process.kill()
        erp = await Erp.start(broker, lane, tmp_path, *habits)
        kinds = ("accept", "acknowledge", "ship")
        wanted = {f"erp-{key(x)}-{kind}" for x in ORDERS for kind in kinds}
        await inbox.until(lambda: inbox.ids() >= wanted)
        await erp.health_with(commands_sent=len(wanted), commands_due=0)
    assert inbox.ids() == wanted
    for sent in inbox.bodies.values():
        assert len(set(sent)) == 3, "a command that left twice must be the same bytes"
    invoices = [inbox.commands(key(x))["ship"]["invoice_number"] for x in ORDERS]
    assert len(set(invoices)) == len(ORDERS)
    book = (await erp.get("/book"))["orders"]
    assert {entry["order_id"]: entry["invoice_number"] for entry in book} == dict(
        zip(ORDERS, invoices, strict=True)
    )
    assert all(len(entry["events"]) == 2 for entry in book)
    await erp.process.kill()


async def test_comes_back_when_the_bus_does(tmp_path: Path) -> None:
    lane = Lane("orders", "commands")
    declaration = tmp_path / "entities.json"
    declaration.write_text(json.dumps(lane.entities()))
    broker = await Broker.start(tmp_path, "--config", str(declaration))
    erp = await Erp.start(broker, lane, tmp_path / "erp", "--delay", "0")
    await erp.health_with(connected=True)
    await broker.process.kill()
    command = {"kind": "cancel", "ref": event("order.received", "1")["ref"]}
    await erp.post("/commands", command, status=202)
    await erp.health_with(connected=False)
    again = ("--config", str(declaration), "--port", str(broker.port))
    broker = await Broker.start(tmp_path, *again)
    async with ServiceBusClient.from_connection_string(broker.connection_string) as client:
        async with client.get_topic_sender(lane.topic) as tell:
            await tell.send_messages(message(event("order.received", "2")))
        await erp.health_with(orders=1, commands_sent=2)
    assert (await broker.waiting(lane))[1] == 2
    await erp.process.kill()
    await broker.process.kill()


@asynccontextmanager
async def collected(client: ServiceBusClient, queue: str) -> AsyncIterator[Inbox]:
    inbox = Inbox(client, queue)
    task = asyncio.create_task(inbox.run())
    try:
        yield inbox
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
