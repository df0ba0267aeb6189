"""Peek, defer, schedule, expire, forward, limits: through the SDK."""

import asyncio
import datetime
import uuid
from typing import Any

import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusMessageState
from azure.servicebus._pyamqp.types import AMQPTypes
from azure.servicebus.amqp import AmqpAnnotatedMessage, AmqpMessageHeader, AmqpMessageProperties
from azure.servicebus.exceptions import (
    MessageNotFoundError,
    MessageSizeExceededError,
    MessagingEntityDisabledError,
    ServiceBusQuotaExceededError,
)

from tests.sandbox.servicebus.bus import Bus, batch, nothing, receive, texts


def soon(seconds: float) -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)


async def test_peek_takes_nothing(bus: Bus) -> None:
    sender, receiver = await bus.pair("plain")
    await batch(sender, *(f"p{number}" for number in range(5)))
    peeked = await receiver.peek_messages(10)
    assert texts(peeked) == [f"p{number}" for number in range(5)]
    assert texts(await receiver.peek_messages(10)) == []
    (first,) = await receive(receiver)
    assert peeked[0].sequence_number == first.sequence_number
    start = (first.sequence_number or 0) + 3
    assert texts(await receiver.peek_messages(1, sequence_number=start)) == ["p3"]
    await receiver.complete_message(first)
    for message in await receive(receiver, 4):
        await receiver.complete_message(message)


async def test_deferred_messages_are_received_by_number(bus: Bus) -> None:
    (sender, receiver), letters = await asyncio.gather(
        bus.pair("deferred"), bus.letters("deferred")
    )
    await batch(sender, "d0", "d1", "d2")
    messages = await receive(receiver, 3)
    numbers = [message.sequence_number or 0 for message in messages]
    for message in messages:
        await receiver.defer_message(message)
    await nothing(receiver)
    assert (await bus.program.queue("deferred"))["deferred"] == 3
    (peeked, *_) = await receiver.peek_messages(1, sequence_number=numbers[0])
    assert peeked.state == ServiceBusMessageState.DEFERRED
    again = await receiver.receive_deferred_messages(numbers)
    assert texts(again) == ["d0", "d1", "d2"]
    with pytest.raises(MessageNotFoundError):
        await receiver.receive_deferred_messages(numbers[0])
    await receiver.renew_message_lock(again[0])
    await receiver.complete_message(again[0])
    await receiver.abandon_message(again[1])
    await receiver.dead_letter_message(again[2], reason="stale")
    (letter,) = await receive(letters)
    assert (str(letter), letter.dead_letter_reason) == ("d2", "stale")
    await letters.complete_message(letter)
    (last,) = await receiver.receive_deferred_messages(numbers[1])
    assert last.delivery_count == 2
    await receiver.complete_message(last)
    with pytest.raises(MessageNotFoundError):
        await receiver.receive_deferred_messages(999_999)


async def test_scheduled_messages_come_in_time_or_not_at_all(bus: Bus) -> None:
    sender, receiver = await bus.pair("scheduled", receive_mode="receiveanddelete")
    first, second = await sender.schedule_messages(
        [ServiceBusMessage("cancelled"), ServiceBusMessage("kept")], soon(1.2)
    )
    await sender.send_messages(
        ServiceBusMessage("by property", scheduled_enqueue_time_utc=soon(1.5))
    )
    peeked = await receiver.peek_messages(5, sequence_number=1)
    assert all(message.state == ServiceBusMessageState.SCHEDULED for message in peeked)
    assert len(peeked) == 3
    await sender.cancel_scheduled_messages(first)
    with pytest.raises(MessageNotFoundError):
        await sender.cancel_scheduled_messages(first)
    await nothing(receiver, 0.4)
    messages = await receive(receiver, 2)
    assert texts(messages) == ["kept", "by property"]
    assert messages[0].scheduled_enqueue_time_utc is not None
    assert messages[0].state == ServiceBusMessageState.ACTIVE
    assert (messages[0].sequence_number or 0) > second
    (past,) = await sender.schedule_messages(ServiceBusMessage("past"), soon(-60))
    assert past > second
    assert texts(await receive(receiver)) == ["past"]


async def test_time_to_live(bus: Bus) -> None:
    (sender, receiver), letters, dropping = await asyncio.gather(
        bus.pair("ttl"), bus.letters("ttl"), bus.sender("ttl-dropped")
    )
    await sender.send_messages(
        ServiceBusMessage("short", time_to_live=datetime.timedelta(seconds=1))
    )
    await sender.send_messages(ServiceBusMessage("long", time_to_live=datetime.timedelta(hours=1)))
    await dropping.send_messages(ServiceBusMessage("gone"))
    (letter,) = await receive(letters)
    assert (str(letter), letter.dead_letter_reason) == ("short", "TTLExpiredException")
    await letters.complete_message(letter)
    (left,) = await receive(receiver)
    assert str(left) == "long"
    assert left.time_to_live == datetime.timedelta(hours=1)
    await receiver.complete_message(left)
    deadline = asyncio.get_running_loop().time() + 4
    while (await bus.program.queue("ttl-dropped"))["active"]:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.1)
    figures = await bus.program.queue("ttl-dropped")
    assert (figures["dead_lettered"], figures["totals"]["expired"]) == (0, 1)


async def test_every_property_comes_back(bus: Bus) -> None:
    sender, receiver = await bus.pair("types")
    application: dict[str | bytes, Any] = {
        "text": "سوق",
        "int": 7,
        "long": {"TYPE": AMQPTypes.long, "VALUE": 2**40},
        "float": 2.5,
        "bool": True,
        "uuid": uuid.uuid4(),
        "bytes": "raw",
        "time": datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
        "none": None,
    }
    sent = ServiceBusMessage(
        b"\x00\xff body",
        application_properties=dict(application),
        subject="order.received",
        content_type="application/json",
        correlation_id="c",
        message_id="m",
        partition_key="s",
        to="there",
        reply_to="here",
        reply_to_session_id="r",
        session_id="s",
        time_to_live=datetime.timedelta(days=20),
    )
    await sender.send_messages(sent)
    (message,) = await receive(receiver)
    assert b"".join(message.body) == b"\x00\xff body"
    for name in (
        *("subject", "content_type", "correlation_id", "message_id", "partition_key", "to"),
        *("reply_to", "reply_to_session_id", "session_id", "time_to_live"),
    ):
        assert getattr(message, name) == getattr(sent, name), name
    assert message.application_properties is not None
    got = {key.decode(): value for key, value in message.application_properties.items()}  # type: ignore[union-attr]
    got["text"] = got["text"].decode()  # type: ignore[union-attr]
    assert got["text"] == application["text"]
    assert got["long"] == 2**40
    for name in ("int", "float", "bool", "uuid", "none"):
        assert got[name] == application[name], name
    assert got["time"] == 1767323045000
    await receiver.complete_message(message)
    for body in ({"value_body": {"k": [1, "x", None]}}, {"sequence_body": [[1, 2], ["a"]]}):
        annotated = AmqpAnnotatedMessage(
            **body,
            header=AmqpMessageHeader(durable=True, priority=7),
            properties=AmqpMessageProperties(user_id=b"u", group_sequence=9),
            annotations={"x-own": 5},
            footer={"f": 1},
        )
        await sender.send_messages(annotated)
        (message,) = await receive(receiver)
        raw = message.raw_amqp_message
        assert raw.header is not None and raw.properties is not None
        assert (raw.header.durable, raw.header.priority) == (True, 7)
        assert (raw.properties.user_id, raw.properties.group_sequence) == (b"u", 9)
        assert raw.annotations is not None and raw.annotations[b"x-own"] == 5
        assert raw.footer == {b"f": 1}
        expected = {b"k": [1, b"x", None]} if "value_body" in body else [[1, 2], [b"a"]]
        assert (message.body if "value_body" in body else list(message.body)) == expected
        await receiver.complete_message(message)


async def test_size_limits(bus: Bus) -> None:
    sender, receiver = await bus.pair("big", receive_mode="receiveanddelete")
    with pytest.raises(MessageSizeExceededError):
        await sender.send_messages(ServiceBusMessage(b"x" * 262_144))
    await sender.send_messages(ServiceBusMessage(b"y" * 261_000))
    (message,) = await receive(receiver)
    assert b"".join(message.body) == b"y" * 261_000
    full = await bus.sender("full")
    for _ in range(5):
        await full.send_messages(ServiceBusMessage(b"z" * 250_000))
    with pytest.raises(ServiceBusQuotaExceededError):
        await full.send_messages(ServiceBusMessage(b"z"))


async def test_a_queue_that_is_switched_off(bus: Bus) -> None:
    sender = await bus.sender("off")
    with pytest.raises(MessagingEntityDisabledError):
        await sender.send_messages(ServiceBusMessage("x"))


async def test_forwarding(bus: Bus) -> None:
    names = ("forwarding", "forward-dead", "to-sessions", "loop-a")
    senders = await asyncio.gather(*(bus.sender(name) for name in names))
    forwarded, dying, morgue, stranded, looped = await asyncio.gather(
        bus.receiver("forwarded"),
        bus.receiver("forward-dead"),
        bus.receiver("morgue"),
        bus.receiver("to-sessions", sub_queue="transferdeadletter"),
        bus.receiver("loop-a", sub_queue="transferdeadletter"),
    )
    for sender, text in zip(senders, ("f", "dead", "lost", "round"), strict=True):
        await sender.send_messages(ServiceBusMessage(text))
    (message,) = await receive(forwarded)
    assert (str(message), message.enqueued_sequence_number) == ("f", 1)
    await forwarded.complete_message(message)
    (message,) = await receive(dying)
    await dying.dead_letter_message(message, reason="why")
    (message,) = await receive(morgue)
    assert (message.dead_letter_reason, message.dead_letter_source) == ("why", "forward-dead")
    await morgue.complete_message(message)
    (message,) = await receive(stranded)
    assert (str(message), message.dead_letter_reason) == ("lost", "Session ID is null")
    await stranded.complete_message(message)
    (message,) = await receive(looped)
    assert (str(message), message.dead_letter_reason) == ("round", "MaxTransferHopCountExceeded")
    await looped.complete_message(message)


async def test_rules_with_actions_and_filters_that_fail(bus: Bus) -> None:
    sender, tinted, forwarded, broken, no_session = await asyncio.gather(
        bus.sender("to-topic"),
        bus.receiver("fans/tinted"),
        bus.receiver("forwarded"),
        bus.receiver("fans/strict", sub_queue="deadletter"),
        bus.receiver("fans/by-session", sub_queue="deadletter"),
    )
    await sender.send_messages(ServiceBusMessage("t", application_properties={"size": 2}))
    plain, blue = await receive(tinted, 2)
    assert plain.application_properties == {b"size": 2}
    assert blue.application_properties == {b"size": 2, b"colour": b"blue", b"RuleName": b"tint"}
    for message in (plain, blue):
        await tinted.complete_message(message)
    (message,) = await receive(forwarded)
    await forwarded.complete_message(message)
    (message,) = await receive(no_session)
    assert message.dead_letter_reason == "Session ID is null"
    await no_session.complete_message(message)
    await sender.send_messages(ServiceBusMessage("z", application_properties={"size": 0}))
    (message,) = await receive(broken)
    assert message.dead_letter_error_description is not None
    assert "division by zero" in message.dead_letter_error_description
    await broken.complete_message(message)
    for receiver in (forwarded, no_session):
        (message,) = await receive(receiver)
        await receiver.complete_message(message)
