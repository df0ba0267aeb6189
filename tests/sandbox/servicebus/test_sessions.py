"""Sessions, through the SDK."""

import asyncio
from datetime import UTC, datetime

import pytest
from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusMessage
from azure.servicebus.exceptions import (
    ServiceBusError,
    SessionCannotBeLockedError,
)

from tests.sandbox.servicebus.bus import Bus, batch, nothing, of, receive, texts
from tests.sandbox.servicebus.scenarios import Scenarios

scenario = Scenarios()


@scenario
async def a_session_is_one_receivers_alone_and_in_order(bus: Bus) -> None:
    sender = await bus.sender("sessions")
    await batch(sender, of("a", "a1"), of("b", "b1"), of("a", "a2"), of("b", "b2"))
    first, second = await asyncio.gather(
        bus.client.get_queue_receiver("sessions", session_id=NEXT_AVAILABLE_SESSION).__aenter__(),
        bus.client.get_queue_receiver("sessions", session_id=NEXT_AVAILABLE_SESSION).__aenter__(),
    )
    seen = {}
    for receiver in (first, second):
        messages = await receive(receiver, 2)
        seen[receiver.session.session_id] = texts(messages)
        assert receiver.session.locked_until_utc is not None
        for message in messages:
            assert message.session_id == receiver.session.session_id
            await receiver.complete_message(message)
    assert seen == {"a": ["a1", "a2"], "b": ["b1", "b2"]}
    taken = bus.client.get_queue_receiver("sessions", session_id="a")
    with pytest.raises(SessionCannotBeLockedError):
        await taken.__aenter__()
    await sender.send_messages(of("a", "a3"))
    third = first if first.session.session_id == "a" else second
    assert texts(await receive(third)) == ["a3"]
    await asyncio.gather(first.close(), second.close())
    async with bus.client.get_queue_receiver("sessions", session_id="a") as again:
        (message,) = await receive(again)
        assert (str(message), message.delivery_count) == ("a3", 0)
        await again.complete_message(message)


@scenario
async def state_and_list(bus: Bus) -> None:
    sender = await bus.sender("session-states")
    await sender.send_messages(of("with-message", "m"))
    async with bus.client.get_queue_receiver("session-states", session_id="with-state") as receiver:
        session = receiver.session
        assert await session.get_state() in (None, b"")
        await session.set_state(b"\x00half\xff")
        assert await session.get_state() == b"\x00half\xff"
        until = await session.renew_lock()
        assert until == session.locked_until_utc
    listed = [name async for name in bus.client.list_queue_sessions("session-states")]
    assert listed == ["with-message", "with-state"]
    since = datetime.now(UTC)
    async with bus.client.get_queue_receiver("session-states", session_id="later") as receiver:
        await receiver.session.set_state("new")
    listed = [
        name
        async for name in bus.client.list_queue_sessions(
            "session-states", state_updated_after=since
        )
    ]
    assert listed == ["later"]


@scenario
async def sessions_are_required_and_refused(bus: Bus) -> None:
    sender = await bus.sender("session-required")
    with pytest.raises(ServiceBusError, match="requires sessions"):
        await sender.send_messages(ServiceBusMessage("without"))
    with pytest.raises(ServiceBusError, match="requires sessions"):
        await bus.client.get_queue_receiver("session-required").__aenter__()
    with pytest.raises(ServiceBusError, match="does not require sessions"):
        await bus.client.get_queue_receiver("plain", session_id="s").__aenter__()


@scenario
async def deferred_messages_of_a_session(bus: Bus) -> None:
    sender = await bus.sender("session-deferred")
    await sender.send_messages(of("d", "later"))
    async with bus.client.get_queue_receiver("session-deferred", session_id="d") as receiver:
        (message,) = await receive(receiver)
        await receiver.defer_message(message)
        await nothing(receiver)
        (again,) = await receiver.receive_deferred_messages(message.sequence_number or 0)
        assert str(again) == "later"
        await receiver.complete_message(again)


@pytest.mark.parametrize("name", list(scenario))
async def test_sessions(bus: Bus, name: str) -> None:
    await scenario.result(name, bus)
