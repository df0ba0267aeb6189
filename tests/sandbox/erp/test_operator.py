"""What tests and people can do to the ERP: silence it, hold it back, send commands by hand."""

import asyncio
import json
from pathlib import Path

from azure.servicebus.aio import ServiceBusClient

from tests.sandbox.erp.harness import Broker, Erp, event, key, message


async def test_a_paused_erp_neither_takes_nor_sends(
    broker: Broker, client: ServiceBusClient, tmp_path: Path
) -> None:
    lane = await broker.lane("pause")
    erp = await Erp.start(broker, lane, tmp_path, "--delay", "0")
    await erp.health_with(connected=True)
    assert await erp.post("/pause") == {"paused": True}
    assert await erp.post("/pause") == {"paused": True}
    async with client.get_topic_sender(lane.topic) as sender:
        await sender.send_messages(message(event("order.received", "1")))
    command = {"kind": "cancel", "ref": event("order.received", "2")["ref"], "note": "by hand"}
    await erp.post("/commands", command, status=202)
    for _ in range(10):
        assert await broker.waiting(lane) == (1, 0)
        await asyncio.sleep(0.05)
    health = await erp.get("/health")
    assert (health["orders"], health["commands_due"], health["connected"]) == (0, 1, False)
    await erp.post("/resume")
    await erp.health_with(orders=1, commands_sent=2)
    assert (await broker.waiting(lane))[1] == 2
    await erp.process.kill()


async def test_a_holding_erp_sends_only_what_it_is_bid_and_each_in_its_session(
    broker: Broker, client: ServiceBusClient, tmp_path: Path
) -> None:
    lane = await broker.lane("hold", sessions=True)
    erp = await Erp.start(broker, lane, tmp_path, "--hold")
    async with client.get_topic_sender(lane.topic) as sender:
        await sender.send_messages(message(event("order.received", "1")))
    await erp.health_with(orders=1)
    ref = event("order.received", "1")["ref"]
    reject = {"kind": "reject", "ref": ref, "command_id": "mine", "reason": "damaged"}
    assert await erp.post("/commands", reject, status=202) == {"command_id": "mine", "fresh": True}
    other = {"kind": "accept", "ref": ref | {"order_id": "2"}}
    await erp.post("/commands", other, status=202)
    await erp.health_with(commands_sent=2)
    again = await erp.post("/commands", reject | {"reason": "other"}, status=202)
    assert again == {"command_id": "mine", "fresh": False}
    await erp.health_with(commands_due=0)
    async with client.get_queue_receiver(lane.queue, session_id=key("1")) as receiver:
        found = await receiver.receive_messages(max_message_count=2, max_wait_time=5)
    bodies = [json.loads(b"".join(x.body)) for x in found]
    assert [body["reason"] for body in bodies] == ["damaged", "damaged"]
    assert [x.message_id for x in found] == ["mine", "mine"]
    refusal = await erp.post("/commands", {"kind": "ship", "ref": {"channel": "x"}}, status=400)
    assert "channel, account and order_id" in refusal["error"]
    await erp.process.kill()
