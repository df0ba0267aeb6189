"""What was accepted outlives the process, what was settled stays settled."""

import asyncio
from pathlib import Path

import pytest
from azure.servicebus import ServiceBusMessage

from tests.sandbox.servicebus.bus import Bus, batch, nothing, receive, texts
from tests.sandbox.servicebus.program import Program

DECLARATION = {
    "queues": {"q": {"lock_duration": "PT30S"}, "once": {"duplicate_detection_window": "PT10M"}}
}


async def test_kill_and_restart_loses_and_doubles_nothing(tmp_path: Path) -> None:
    program = await Program(DECLARATION, tmp_path).start()
    bus = Bus(program)
    (sender, receiver), once = await asyncio.gather(bus.pair("q"), bus.sender("once"))
    await batch(sender, *(f"m{number}" for number in range(8)))
    await once.send_messages(ServiceBusMessage("x", message_id="1"))
    messages = await receive(receiver, 6)
    await receiver.complete_message(messages[0])
    await receiver.abandon_message(messages[1])
    await receiver.dead_letter_message(messages[2], reason="why")
    await receiver.defer_message(messages[3])
    await program.kill()
    await program.start()
    fresh = Bus(program)
    (_, receiver), letters, (resend, once_again) = await asyncio.gather(
        fresh.pair("q"), fresh.letters("q"), fresh.pair("once")
    )
    left = await receive(receiver, 5)
    assert texts(left) == ["m1", "m4", "m5", "m6", "m7"]
    assert [message.delivery_count for message in left] == [1, 0, 0, 0, 0]
    deferred = await receiver.receive_deferred_messages([messages[3].sequence_number or 0])
    assert texts(deferred) == ["m3"]
    (letter,) = await receive(letters)
    assert (str(letter), letter.dead_letter_reason) == ("m2", "why")
    await resend.send_messages(ServiceBusMessage("y", message_id="1"))
    assert texts(await receive(once_again)) == ["x"]
    await asyncio.gather(nothing(receiver), nothing(letters), nothing(once_again))
    await asyncio.gather(bus.close(), fresh.close())
    assert await program.stop() == 0


@pytest.mark.parametrize("damage", ["torn", "garbage"])
async def test_a_broken_last_record_does_not_stop_the_start(tmp_path: Path, damage: str) -> None:
    program = await Program(DECLARATION, tmp_path).start()
    bus = Bus(program)
    sender = await bus.sender("q")
    await sender.send_messages(ServiceBusMessage("safe"))
    await program.kill()
    log = tmp_path / "data" / "bus.db-wal"
    content = log.read_bytes()
    assert content
    log.write_bytes(content + (content[-4096:-2048] if damage == "torn" else b"\xff" * 3000))
    await program.start()
    fresh = Bus(program)
    receiver = await fresh.receiver("q")
    assert texts(await receive(receiver)) == ["safe"]
    await nothing(receiver)
    await asyncio.gather(bus.close(), fresh.close())
    await program.stop()
