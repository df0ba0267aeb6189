"""What was accepted outlives the process, what was settled stays settled."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from azure.servicebus import ServiceBusMessage

from sandbox.servicebus.amqp.types import Symbol, UInt
from tests.sandbox.servicebus.bus import Bus, batch, nothing, receive, texts
from tests.sandbox.servicebus.program import Program
from tests.sandbox.servicebus.wire import Wire, message
from tests.sandbox.servicebus.wire import batch as encoded_batch

DECLARATION = {
    "queues": {
        "q": {"lock_duration": "PT30S"},
        "once": {"duplicate_detection_window": "PT10M"},
        "s": {"requires_session": True},
    },
    "topics": {"t": {"subscriptions": {"sub": {}}}},
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
    wire = await Wire.connect(program.port)
    handle = await wire.sender("q")
    await wire.outcome(wire.send(handle, message(b"safe")))
    await program.kill()
    log = tmp_path / "data" / "bus.db-wal"
    content = log.read_bytes()
    assert content
    log.write_bytes(content + (content[-4096:-2048] if damage == "torn" else b"\xff" * 3000))
    await program.start()
    wire = await Wire.connect(program.port)
    await wire.receiver("q", 5)
    assert (await wire.take()).body == b"safe"
    assert not wire.received
    await wire.close()
    assert await program.stop() == 0


async def test_the_file_shrinks_again(tmp_path: Path) -> None:
    program = await Program(DECLARATION, tmp_path).start()
    wire = await Wire.connect(program.port)
    handle = await wire.sender("q")
    for _ in range(80):
        sent = wire.send(handle, encoded_batch([message(b"x" * 2000)] * 100), batched=True)
    await wire.outcome(sent)
    full = await _size(tmp_path)
    assert full > 16_000_000
    await wire.receiver("q", 8000, delete=True)
    await wire.until(lambda: len(wire.received) == 8000)
    await wire.close()
    deadline = asyncio.get_running_loop().time() + 20
    while await _size(tmp_path) > full / 10:
        assert asyncio.get_running_loop().time() < deadline, await _size(tmp_path)
        await asyncio.sleep(0.2)
    assert await program.stop() == 0
    assert not (tmp_path / "data" / "bus.db-wal").exists()


async def test_locks_and_sessions_end_with_the_process(tmp_path: Path) -> None:
    program = await Program(DECLARATION, tmp_path).start()
    bus = Bus(program)
    sender, plain = await asyncio.gather(bus.sender("s"), bus.pair("q"))
    await sender.send_messages(ServiceBusMessage("m", session_id="a"))
    await plain[0].send_messages(ServiceBusMessage("held"))
    held = bus.client.get_queue_receiver("s", session_id="a")
    await held.__aenter__()
    await held.session.set_state(b"state")
    (message_of_session,) = await receive(held)
    (locked,) = await receive(plain[1])
    await program.kill()
    await program.start()
    fresh = Bus(program)
    again, receiver = await asyncio.gather(
        fresh.client.get_queue_receiver("s", session_id="a").__aenter__(), fresh.receiver("q")
    )
    assert await again.session.get_state() == b"state"
    (second,) = await receive(again)
    assert second.sequence_number == message_of_session.sequence_number
    assert texts(await receive(receiver)) == ["held"]
    wire = await Wire.connect(program.port)
    asked = {"disposition-status": "completed", "lock-tokens": [locked.lock_token]}
    properties, _ = await wire.request("q", "update-disposition", asked)
    assert properties["errorCondition"] == "com.microsoft:message-lock-lost"
    await asyncio.gather(again.close(), held.close(), bus.close(), fresh.close(), wire.close())
    await program.stop()


async def test_what_was_declared_and_ruled_at_run_time_stays(tmp_path: Path) -> None:
    program = await Program(DECLARATION, tmp_path).start()
    more = {"queues": {"more": {"max_delivery_count": 3}}}
    async with aiohttp.ClientSession() as http:
        async with http.put(program.url("/entities"), data=json.dumps(more)) as response:
            assert "more" in (await response.json())["queues"]
        bad_rule = {"subscriptions": {"s": {"rules": {"r": {"sql": "a ="}}}}}
        half = {"queues": {"half": {}}, "topics": {"bad": bad_rule}}
        async with http.put(program.url("/entities"), data=json.dumps(half)) as response:
            assert (response.status, "the end in 'a ='" in await response.text()) == (400, True)
        assert "half" not in (await program.entities())["queues"]
        broken = {"queues": {"worse": {"lock_duration": "30"}}}
        async with http.put(program.url("/entities"), data=json.dumps(broken)) as response:
            assert response.status == 400
            assert "queues.worse.lock_duration" in (await response.json())["error"]
        async with http.get(program.url("/metrics")) as response:
            assert 'servicebus_messages_active{entity="more"} 0' in await response.text()
        async with http.get(program.url("/health")) as response:
            assert (await response.json())["status"] == "ok"
    wire = await Wire.connect(program.port)
    subscription = "t/Subscriptions/sub"
    properties, _ = await wire.request(subscription, "remove-rule", {"rule-name": "$default"})
    assert properties["statusCode"] == 200
    rule = {"sql-filter": {"expression": "size > 5"}, "sql-rule-action": None}
    body = {"rule-name": "big", "rule-description": rule}
    assert (await wire.request(subscription, "add-rule", body))[0]["statusCode"] == 200
    assert (await wire.request(subscription, "add-rule", body))[0]["errorCondition"] == (
        "com.microsoft:entity-already-exists"
    )
    await program.kill()
    await program.start()
    wire = await Wire.connect(program.port)
    _, found = await wire.request(subscription, "enumerate-rules", {"top": 10, "skip": 0})
    (description,) = [entry[Symbol("rule-description")] for entry in found["rules"]]
    assert description.value[2] == "big"
    assert description.value[0].value[0] == "size > 5"
    for operation, asked, condition in (
        ("unheard-of", {}, "amqp:not-implemented"),
        ("peek-message", {}, "com.microsoft:argument-error"),
        ("renew-lock", {"lock-tokens": ["x"]}, "com.microsoft:argument-error"),
        ("receive-by-sequence-number", {"sequence-numbers": [UInt(77)]}, "amqp:not-found"),
    ):
        entity = "q" if operation != "receive-by-sequence-number" else "t"
        properties, _ = await wire.request(entity, operation, asked)
        assert properties["errorCondition"] == condition, operation
    await wire.sender("more")
    await wire.close()
    await program.stop()


async def test_a_queue_that_is_not_declared_any_more_waits_unseen(tmp_path: Path) -> None:
    queues = {"old": {"default_ttl": "PT1S"}, "q": {"default_ttl": "PT1S"}}
    program = await Program({"queues": queues}, tmp_path).start()
    wire = await Wire.connect(program.port)
    handle = await wire.sender("old")
    await wire.outcome(wire.send(handle, encoded_batch([message(b"x")] * 900), batched=True))
    await program.kill()
    program.declaration = {"queues": {"q": queues["q"]}}
    await program.start()
    wire = await Wire.connect(program.port)
    handle = await wire.sender("q")
    await wire.outcome(wire.send(handle, message(b"expires")))
    deadline = asyncio.get_running_loop().time() + 5
    while (await program.queue("q"))["active"]:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.1)
    await program.kill()
    program.declaration = {"queues": {"old": {}}}
    await program.start()
    wire = await Wire.connect(program.port)
    await wire.receiver("old")
    await wire.until(lambda: not wire.received)
    figures = await program.queue("old")
    assert figures["active"] + figures["totals"]["expired"] == 900
    await wire.close()
    await program.stop()


async def test_one_process_for_one_folder(tmp_path: Path) -> None:
    program = await Program(DECLARATION, tmp_path).start()
    command = [sys.executable, "-m", "sandbox.servicebus", "--port", "0"]
    second = await asyncio.to_thread(
        subprocess.run,
        [*command, "--data", str(tmp_path / "data")],
        capture_output=True,
        check=False,
        timeout=20,
    )
    assert second.returncode == 2
    assert b"belongs to a broker that is running" in second.stderr
    await program.stop()


async def _size(folder: Path) -> int:
    def add() -> int:
        return sum(file.stat().st_size for file in (folder / "data").glob("bus.db*"))

    return await asyncio.to_thread(add)
