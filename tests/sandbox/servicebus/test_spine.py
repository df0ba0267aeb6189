"""Send, receive, settle: through the unmodified SDK."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient
from azure.servicebus.exceptions import (
    MessageLockLostError,
    MessagingEntityNotFoundError,
    ServiceBusAuthenticationError,
    ServiceBusAuthorizationError,
)

from tests.sandbox.servicebus.bus import Bus, batch, nothing, receive, texts
from tests.sandbox.servicebus.program import Program


async def test_what_is_sent_is_received_in_order(bus: Bus) -> None:
    sender, receiver = await bus.pair("plain")
    await sender.send_messages(ServiceBusMessage("first"))
    await batch(sender, *(f"m{number}" for number in range(20)))
    messages = await receive(receiver, 21)
    assert texts(messages) == ["first", *(f"m{number}" for number in range(20))]
    numbers = [message.sequence_number for message in messages]
    assert numbers == list(range(numbers[0] or 0, (numbers[0] or 0) + 21))
    assert all(message.delivery_count == 0 for message in messages)
    assert all(message.enqueued_time_utc is not None for message in messages)
    for message in messages:
        await receiver.complete_message(message)
    await nothing(receiver)


async def test_abandon_counts_and_the_last_delivery_goes_to_the_dead_letters(bus: Bus) -> None:
    (sender, receiver), letters = await asyncio.gather(bus.pair("settled"), bus.letters("settled"))
    await sender.send_messages(ServiceBusMessage("again"))
    for count in range(3):
        (message,) = await receive(receiver)
        assert message.delivery_count == count
        await receiver.abandon_message(message)
    (letter,) = await receive(letters)
    assert letter.dead_letter_reason == "MaxDeliveryCountExceeded"
    assert str(letter) == "again"
    assert letter.delivery_count == 3
    await letters.complete_message(letter)
    await nothing(receiver)


async def test_dead_letter_with_reason(bus: Bus) -> None:
    (sender, receiver), letters = await asyncio.gather(bus.pair("settled"), bus.letters("settled"))
    await sender.send_messages(ServiceBusMessage("bad", application_properties={"kept": "yes"}))
    (message,) = await receive(receiver)
    await receiver.dead_letter_message(message, reason="unknown_order", error_description="no 7")
    (letter,) = await receive(letters)
    assert letter.dead_letter_reason == "unknown_order"
    assert letter.dead_letter_error_description == "no 7"
    assert letter.application_properties is not None
    assert letter.application_properties[b"kept"] == b"yes"
    assert letter.sequence_number == message.sequence_number
    assert (await bus.program.queue("settled"))["dead_lettered"] == 1
    await letters.complete_message(letter)
    assert (await bus.program.queue("settled"))["dead_lettered"] == 0


async def test_the_broker_says_so_when_a_lock_is_lost(bus: Bus) -> None:
    """The client's own clock is set aside, so that the answer comes over the wire."""
    sender, receiver = await bus.pair("short")
    await sender.send_messages(ServiceBusMessage("late"))
    (message,) = await receive(receiver)
    (again,) = await receive(receiver)
    message._expiry = datetime.now(UTC) + timedelta(minutes=1)
    with pytest.raises(MessageLockLostError):
        await receiver.complete_message(message)
    await receiver.complete_message(again)


async def test_receive_and_delete(bus: Bus) -> None:
    sender, receiver = await bus.pair("deleted", receive_mode="receiveanddelete")
    await batch(sender, "a", "b", "c")
    assert texts(await receive(receiver, 3)) == ["a", "b", "c"]
    assert (await bus.program.queue("deleted"))["active"] == 0
    await nothing(receiver)


async def test_a_closed_receiver_gives_back_what_it_holds(bus: Bus) -> None:
    sender = await bus.sender("credit")
    await batch(sender, *(f"m{number}" for number in range(30)))
    async with bus.client.get_queue_receiver("credit", prefetch_count=50) as first:
        messages = await receive(first, 5)
        await first.complete_message(messages[0])
    second = await bus.receiver("credit")
    again = await receive(second, 25)
    assert texts(again) == [f"m{number}" for number in range(5, 30)]
    assert all(message.delivery_count == 0 for message in again)
    for message in again:
        await second.complete_message(message)
    figures = await bus.program.queue("credit")
    assert (figures["active"], figures["locked"]) == (4, 4)


async def test_duplicates_within_the_window_are_dropped(bus: Bus) -> None:
    sender, receiver = await bus.pair("once")
    await sender.send_messages(ServiceBusMessage("a", message_id="1"))
    await sender.send_messages(ServiceBusMessage("b", message_id="1"))
    await batch(
        sender,
        ServiceBusMessage("c", message_id="2"),
        ServiceBusMessage("d", message_id="2"),
        ServiceBusMessage("e", message_id="3"),
        ServiceBusMessage("f"),
        ServiceBusMessage("g"),
    )
    messages = await receive(receiver, 5)
    assert texts(messages) == ["a", "c", "e", "f", "g"]
    for message in messages:
        await receiver.complete_message(message)
    await sender.send_messages(ServiceBusMessage("h", message_id="1"))
    await nothing(receiver)
    assert (await bus.program.queue("once"))["totals"]["duplicates"] == 3


async def test_a_topic_copies_to_the_subscriptions_that_want_it(bus: Bus) -> None:
    async with bus.client.get_topic_sender("orders") as sender:
        names = ("all", "erp", "red", "none")
        receivers = await asyncio.gather(*(bus.receiver(f"orders/{name}") for name in names))
        await sender.send_messages(
            [
                ServiceBusMessage("r", application_properties={"colour": "red"}),
                ServiceBusMessage("g", application_properties={"colour": "green"}),
            ]
        )
    for receiver, expected in zip(receivers[:3], (["r", "g"], ["r", "g"], ["r"]), strict=True):
        messages = await receive(receiver, len(expected))
        assert texts(messages) == expected
        for message in messages:
            await receiver.complete_message(message)
    await nothing(receivers[3], 0.2)


async def test_names_ignore_case(bus: Bus) -> None:
    receiver = await bus.receiver("deleted", receive_mode="receiveanddelete")
    async with bus.client.get_queue_sender("DELETED") as sender:
        await sender.send_messages(ServiceBusMessage("case"))
    assert texts(await receive(receiver)) == ["case"]


async def test_unknown_entities_are_refused(bus: Bus) -> None:
    async def refused(handler: object) -> None:
        with pytest.raises(MessagingEntityNotFoundError, match="could not be found"):
            await handler.__aenter__()  # type: ignore[attr-defined]

    client = bus.client
    await asyncio.gather(
        refused(client.get_queue_sender("nowhere")),
        refused(client.get_queue_receiver("nowhere")),
        refused(client.get_subscription_receiver("orders", "nobody")),
    )


async def test_a_wrong_key_opens_nothing(program: Program) -> None:
    for name in ("RootManageSharedAccessKey", "nobody"):
        client = ServiceBusClient.from_connection_string(
            program.connection_string("bm90IHRoaXM=", name), retry_total=0
        )
        with pytest.raises(ServiceBusAuthenticationError):
            await client.get_queue_sender("plain").__aenter__()
        await client.close()


async def test_rights_are_kept(program: Program) -> None:
    listener = ServiceBusClient.from_connection_string(
        program.connection_string("listen-key", "listener"), retry_total=0
    )
    sender = ServiceBusClient.from_connection_string(
        program.connection_string("send-key", "sender"), retry_total=0
    )
    async with listener, sender:
        with pytest.raises(ServiceBusAuthorizationError):
            await listener.get_queue_sender("plain").__aenter__()
        with pytest.raises(ServiceBusAuthorizationError):
            await sender.get_queue_receiver("plain").__aenter__()
        async with sender.get_queue_sender("deleted") as allowed:
            await allowed.send_messages(ServiceBusMessage("allowed"))
        async with listener.get_queue_receiver(
            "deleted", receive_mode="receiveanddelete"
        ) as receiver:
            assert texts(await receive(receiver)) == ["allowed"]
