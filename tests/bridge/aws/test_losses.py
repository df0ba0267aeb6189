"""The bus away, the event source killed: every message arrives all the same."""

from functools import partial
from pathlib import Path

from bridge.bus import ServiceBus
from bridge.bus.messages import inbound_event
from tests.bridge.aws.harness import (
    NOTIFICATIONS,
    Child,
    Cloud,
    eventually,
    functions,
    polling,
)
from tests.bridge.aws.messages import order_change, text
from tests.sandbox.servicebus.program import Program

QUEUE = "amazon-inbound"


def orders(start: int, count: int) -> dict[str, str]:
    numbers = [f"408-{n:07d}-0000000" for n in range(start, start + count)]
    return {number: text(order_change(number)) for number in numbers}


async def arrived(bus: ServiceBus, wanted: set[str]) -> list[str]:
    """Takes messages until all wanted orders have come."""
    found: list[str] = []
    async with bus.receiver(QUEUE) as receiver:
        while not set(found) >= wanted:
            page = await receiver.receive_messages(20, max_wait_time=25)
            assert page, f"missing: {sorted(wanted - set(found))}"
            for message in page:
                await receiver.complete_message(message)
                found.append(inbound_event(message).order_id or "")
    return found


def few_are_left(cloud: Cloud, few: int) -> bool:
    return cloud.count(NOTIFICATIONS) <= few


async def test_while_the_bus_is_away_messages_stay_and_come_back(
    bus: ServiceBus, broker: Program, cloud: Cloud, poller: Child
) -> None:
    wanted = orders(5_000_000, 12)
    before = len(poller.logged("not_taken"))
    await broker.kill()
    await cloud.send(NOTIFICATIONS, *wanted.values())
    await eventually(lambda: len(poller.logged("not_taken")) >= before + len(wanted), 30)
    assert cloud.count(NOTIFICATIONS) == len(wanted)
    assert cloud.count(f"{NOTIFICATIONS}-dlq") == 0
    await broker.start()
    assert set(await arrived(bus, set(wanted))) == set(wanted)
    await cloud.empty(NOTIFICATIONS, 30)
    assert cloud.count(f"{NOTIFICATIONS}-dlq") == 0, "an outage sets nothing aside"


async def test_the_event_source_killed_within_a_batch_loses_nothing(
    bus: ServiceBus, broker: Program, cloud: Cloud, poller: Child, tmp_path: Path
) -> None:
    await poller.stop()
    wanted = orders(6_000_000, 240)
    await cloud.send(NOTIFICATIONS, *wanted.values())
    declared = functions(cloud, broker.connection_string())
    for few in (200, 110):
        other = await polling(cloud, tmp_path, declared)
        await eventually(partial(few_are_left, cloud, few), 30)
        await other.kill()
        assert cloud.count(NOTIFICATIONS) > 0, "the kill came too late to matter"
    other = await polling(cloud, tmp_path, declared)
    assert set(await arrived(bus, set(wanted))) == set(wanted)
    await cloud.empty(NOTIFICATIONS, 30)
    assert cloud.count(f"{NOTIFICATIONS}-dlq") == 0
    await other.stop()
    await poller.start()
