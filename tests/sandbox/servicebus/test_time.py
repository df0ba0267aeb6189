"""What takes time: locks, sessions and ids that run out."""

import asyncio
import time

import pytest
from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusMessage
from azure.servicebus.aio import AutoLockRenewer
from azure.servicebus.exceptions import (
    MessageLockLostError,
    OperationTimeoutError,
    SessionLockLostError,
)

from sandbox.servicebus.amqp.encode import encode
from sandbox.servicebus.amqp.types import Symbol, Timestamp
from tests.sandbox.servicebus.bus import Bus, nothing, of, receive, texts
from tests.sandbox.servicebus.credentials import signature
from tests.sandbox.servicebus.scenarios import Scenarios
from tests.sandbox.servicebus.wire import Wire, request
from tests.sandbox.servicebus.wire import message as wired

scenario = Scenarios()


@scenario
async def the_renewer_keeps_a_message(bus: Bus) -> None:
    sender, receiver = await bus.pair("renewed")
    await sender.send_messages(ServiceBusMessage("held"))
    async with AutoLockRenewer() as renewer:
        (message,) = await receive(receiver)
        renewer.register(receiver, message, max_lock_renewal_duration=30)
        await asyncio.sleep(7)
        await receiver.complete_message(message)


@scenario
async def waiting_for_a_session(bus: Bus) -> None:
    sender = await bus.sender("waited-for")
    waiting = bus.client.get_queue_receiver(
        "waited-for", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=5
    )
    opening = asyncio.create_task(waiting.__aenter__())
    await asyncio.sleep(1)
    assert not opening.done()
    await sender.send_messages(of("late", "here"))
    receiver = await opening
    assert texts(await receive(receiver)) == ["here"]
    assert receiver.session.session_id == "late"
    for message in await receiver.peek_messages():
        assert message.session_id == "late"
    await receiver.close()
    async with bus.client.get_queue_receiver(
        "waited-for", session_id="late", receive_mode="receiveanddelete"
    ) as rest:
        await receive(rest)
    begun = time.monotonic()
    empty = bus.client.get_queue_receiver(
        "waited-for", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=1
    )
    with pytest.raises(OperationTimeoutError):
        await empty.__aenter__()
    assert time.monotonic() - begun < 4


@scenario
async def a_lost_session_lock_is_said_and_counted(bus: Bus) -> None:
    sender = await bus.sender("session-locks")
    await sender.send_messages(of("x", "slow"))
    async with bus.client.get_queue_receiver("session-locks", session_id="x") as receiver:
        (message,) = await receive(receiver)
        await asyncio.sleep(3.2)
        with pytest.raises(SessionLockLostError):
            await receiver.complete_message(message)
    async with bus.client.get_queue_receiver("session-locks", session_id="x") as receiver:
        (message,) = await receive(receiver)
        assert message.delivery_count == 1
        await receiver.complete_message(message)


@scenario
async def the_renewer_keeps_a_session(bus: Bus) -> None:
    sender = await bus.sender("session-locks")
    await sender.send_messages(of("kept", "slow"))
    async with (
        AutoLockRenewer() as renewer,
        bus.client.get_queue_receiver(
            "session-locks", session_id="kept", auto_lock_renewer=renewer
        ) as receiver,
    ):
        (message,) = await receive(receiver)
        await asyncio.sleep(4)
        await receiver.complete_message(message)


@scenario
async def a_lock_runs_out_and_counts(bus: Bus) -> None:
    (sender, receiver), letters = await asyncio.gather(bus.pair("shorter"), bus.letters("shorter"))
    await sender.send_messages(ServiceBusMessage("slow"))
    (message,) = await receive(receiver)
    (again,) = await receive(receiver)
    assert again.delivery_count == 1
    assert again.sequence_number == message.sequence_number
    assert again.lock_token != message.lock_token
    with pytest.raises(MessageLockLostError):
        await receiver.complete_message(message)
    (letter,) = await receive(letters)
    assert letter.dead_letter_reason == "MaxDeliveryCountExceeded"
    await letters.complete_message(letter)


@scenario
async def a_renewed_lock_lasts_longer(bus: Bus) -> None:
    sender, receiver = await bus.pair("locks")
    await sender.send_messages(ServiceBusMessage("held"))
    (message,) = await receive(receiver)
    begun = time.monotonic()
    while time.monotonic() - begun < 3:
        until = await receiver.renew_message_lock(message)
        await asyncio.sleep(0.8)
    assert until == message.locked_until_utc
    await receiver.complete_message(message)
    await nothing(receiver)


@scenario
async def a_duplicate_after_the_window_is_a_message(bus: Bus) -> None:
    sender, receiver = await bus.pair("window", receive_mode="receiveanddelete")
    await sender.send_messages(ServiceBusMessage("a", message_id="1"))
    await receive(receiver)
    await asyncio.sleep(1.1)
    await sender.send_messages(ServiceBusMessage("b", message_id="1"))
    assert texts(await receive(receiver)) == ["b"]


@scenario
async def a_link_whose_token_ran_out_is_ended(bus: Bus) -> None:
    """A second client puts a new token in time, and stays."""
    audience = f"sb://localhost:{bus.program.port}/expired"
    asked = {"operation": "put-token", "type": "servicebus.windows.net:sastoken", "name": audience}
    wires, handles, nodes = [], [], []
    for _ in range(2):
        wire = await Wire.connect(bus.program.port, login=False)
        cbs = await wire.sender("$cbs")
        await wire.receiver("$cbs")
        wire.send(cbs, request(asked, signature(audience, 2)))
        assert (await wire.take()).sections[0x74]["status-code"] == 200
        wires.append(wire)
        nodes.append(cbs)
        handles.append(await wire.sender("expired"))
    wires[1].send(nodes[1], request(asked, signature(audience, 60)))
    await wires[1].take()
    await wires[0].until(lambda: wires[0].error is not None)
    assert wires[0].error[0] == "amqp:unauthorized-access"
    sent = wires[1].send(handles[1], wired(b"x"))
    assert (await wires[1].outcome(sent)).descriptor == 0x24
    await asyncio.gather(*(wire.close() for wire in wires))


@scenario
async def the_clock_goes_on_under_load(bus: Bus) -> None:
    """Without a pause in the commits, what is scheduled still comes in time."""
    wire = await Wire.connect(bus.program.port)
    loaded, handle = await wire.sender("loaded"), await wire.sender("loaded-scheduled")
    await wire.receiver("loaded-scheduled", 1, delete=True)
    due = int(time.time() * 1000) + 700
    notes = b"\x00\x53\x72" + encode({Symbol("x-opt-scheduled-enqueue-time"): Timestamp(due)})
    await wire.outcome(wire.send(handle, notes + wired(b"in time")))
    while not wire.received and time.time() * 1000 < due + 2000:
        sent = wire.send(loaded, wired(b"load"))
        await wire.answered(sent - 5)
    assert wire.received.popleft().body == b"in time"
    await wire.close()


@pytest.mark.parametrize("name", list(scenario))
async def test_in_time(bus: Bus, name: str) -> None:
    await scenario.result(name, bus)
