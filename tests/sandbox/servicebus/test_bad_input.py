"""Broken, greedy and silent clients: each is told why, and the others notice nothing."""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator

import pytest

from sandbox.servicebus.amqp.encode import FALSE, NULL, TRUE, encode, performative, string, uint
from sandbox.servicebus.amqp.frames import (
    RELEASED_STATE,
)
from sandbox.servicebus.amqp.types import Symbol
from tests.sandbox.servicebus.program import Program
from tests.sandbox.servicebus.wire import AMQP, Wire, batch, frame, message


@pytest.fixture
async def wire(program: Program) -> AsyncIterator[Wire]:
    wire = await Wire.connect(program.port)
    yield wire
    wire.transport.abort()


ATTACH = [string("l"), uint(0), TRUE, b"\x50\x00", b"\x50\x00"]
SOURCE = performative(0x28, [string("plain")])
BROKEN = {
    "size below 8": struct.pack(">IBBH", 7, 2, 0, 0),
    "size of 4 GB": struct.pack(">IBBH", 0xFFFFFFFF, 2, 0, 0),
    "offset beyond the frame": struct.pack(">IBBH", 12, 9, 0, 0) + b"\x00" * 4,
    "offset below 2": struct.pack(">IBBH", 12, 1, 0, 0) + b"\x00" * 4,
    "a SASL frame": frame(performative(0x41, [encode(Symbol("ANONYMOUS"))]), 1),
    "no performative": frame(b"\xa1\x05hello"),
    "unknown performative": frame(performative(0x7F, [])),
    "unknown constructor": frame(b"\x00\x53\x12\xc0\x03\x02\x3f\x40"),
    "list cut short": frame(b"\x00\x53\x12\xc0\xf0\x05\x40"),
    "list with too many items": frame(b"\x00\x53\x12\xd0\x00\x00\x00\x08\xff\xff\xff\xff\x40\x40"),
    "text that is no UTF-8": frame(performative(0x12, [b"\xa1\x02\xff\xfe"])),
    "deep nesting": frame(b"\x00\x53\x12" + b"\xc0\xff\x01" * 5000),
    "attach without a handle": frame(performative(0x12, [string("l"), NULL, TRUE])),
    "attach with a number for a name": frame(performative(0x12, [uint(7), uint(0), TRUE])),
    "negative handle": frame(performative(0x12, [string("l"), b"\x54\xff", TRUE])),
    "flow without windows": frame(performative(0x13, [])),
    "transfer without a handle": frame(performative(0x14, [])),
    "disposition without an id": frame(performative(0x15, [TRUE])),
    "disposition whose state is text": frame(
        performative(0x15, [TRUE, uint(1), uint(1), TRUE, string("ok")])
    ),
    "second open": frame(performative(0x10, [string("again")])),
    "begin on a channel that has begun": frame(
        performative(0x11, [NULL, uint(0), uint(1), uint(1)])
    ),
    "attach on a channel that never began": frame(performative(0x12, ATTACH), 0, 9),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_frames_end_that_connection_alone(
    wire: Wire, program: Program, name: str
) -> None:
    other = await Wire.connect(program.port)
    wire.write(BROKEN[name])
    condition = await wire.gone()
    assert condition.startswith("amqp:"), wire.error
    assert wire.error[1], "a sentence for the person at the other end"
    handle = await other.sender("idle")
    assert (await other.outcome(other.send(handle, message(b"still here")))).descriptor == 0x24
    await other.close()


@pytest.mark.parametrize(
    "start", [b"GET / HTTP/1.1\r\n\r\n", b"AMQP\x00\x00\x09\x01", b"\x00" * 64, AMQP + b"\x00" * 8]
)
async def test_what_is_no_amqp_is_hung_up_on(program: Program, start: bytes) -> None:
    wire = await Wire.connect(program.port, begin=False)
    wire.write(start)
    await wire.gone()


BAD_MESSAGES = {
    "no section": b"\x40",
    "unknown section": b"\x00\x53\x99\x45",
    "section twice": performative(0x73, []) * 2,
    "sections in the wrong order": b"\x00\x53\x77\x40" + performative(0x73, []),
    "cut short": message(b"hello")[:-2],
    "ttl that is text": performative(0x70, [NULL, NULL, string("soon")]) + message(b"x"),
    "huge header": performative(0x70, [string("x" * 500)]) + message(b"x"),
    "annotations that are a list": b"\x00\x53\x72\x45" + message(b"x"),
}


@pytest.mark.parametrize("name", BAD_MESSAGES)
async def test_a_broken_message_is_rejected_and_the_link_lives(wire: Wire, name: str) -> None:
    handle = await wire.sender("idle")
    outcome = await wire.outcome(wire.send(handle, BAD_MESSAGES[name]))
    if name == "annotations that are a list":
        assert outcome.descriptor == 0x24, "an empty list is as good as an empty map"
        return
    assert outcome.descriptor == 0x25
    condition, description, info = outcome.value[0].value
    assert (condition, bool(description), bool(info)) == ("amqp:decode-error", True, True)
    assert (await wire.outcome(wire.send(handle, message(b"fine")))).descriptor == 0x24


async def test_batches_are_all_or_none(wire: Wire, program: Program) -> None:
    before = (await program.queue("idle"))["active"]
    handle = await wire.sender("idle")
    broken = batch([message(b"a"), b"\x00\x53\x99\x45", message(b"b")])
    assert (await wire.outcome(wire.send(handle, broken, batched=True))).descriptor == 0x25
    big = batch([message(b"x" * 60_000)] * 5)
    outcome = await wire.outcome(wire.send(handle, big, batched=True))
    assert outcome.value[0].value[0] == "amqp:link:message-size-exceeded"
    assert (await program.queue("idle"))["active"] == before
    whole = batch([message(b"a"), message(b"b")])
    assert (await wire.outcome(wire.send(handle, whole, batched=True))).descriptor == 0x24
    assert (await program.queue("idle"))["active"] == before + 2


async def test_a_body_that_looks_like_a_batch_is_a_body(wire: Wire) -> None:
    sender = await wire.sender("deleted")
    await wire.receiver("deleted", delete=True)
    inner = message(b"inner")
    await wire.outcome(wire.send(sender, message(inner, "outer")))
    assert (await wire.take()).body == inner


async def test_a_client_with_small_frames_gets_small_frames(program: Program) -> None:
    small = await Wire.connect(program.port, max_frame=512)
    sender = await small.sender("deleted")
    await small.receiver("deleted", delete=True)
    body = bytes(range(256)) * 40
    await small.outcome(small.send(sender, message(body)))
    assert (await small.take()).body == body
    assert small.largest <= 512
    await small.close()
    tiny = await Wire.connect(program.port, begin=False)
    tiny.write(AMQP + frame(performative(0x10, [string("x"), NULL, uint(100)])))
    assert await tiny.gone() == "amqp:invalid-field"


async def test_links_to_nowhere(wire: Wire) -> None:
    for address, condition in (
        ("nowhere", "amqp:not-found"),
        ("plain/$management/more", "amqp:not-found"),
        ("orders", "amqp:not-found"),
        ("", "amqp:not-found"),
        ("sessions", "amqp:not-allowed"),
    ):
        await wire.receiver(address)
        await wire.until(lambda: wire.error is not None)
        attached, detached = [values for code, values in list(wire.frames)[-2:]]
        assert (attached[5:7], detached[1]) == ([None, None], True)
        assert wire.error[0] == condition
        wire.error = None
    wire.write(frame(performative(0x12, [*ATTACH[:1], uint(99), *ATTACH[2:], string("plain")])))
    await wire.until(lambda: wire.error is not None)
    assert wire.error[0] == "amqp:decode-error"
    coordinator = performative(0x30, [encode(Symbol("amqp:local-transactions"))])
    wire.error = None
    attach = [string("t"), uint(98), FALSE, b"\x50\x00", b"\x50\x00", SOURCE, coordinator]
    wire.write(frame(performative(0x12, [*attach, NULL, NULL, uint(0)])))
    await wire.until(lambda: wire.error is not None)
    assert wire.error[0] == "amqp:not-implemented"
    assert not wire.closed


async def test_every_type_passes_byte_for_byte(wire: Wire) -> None:
    values = [
        *(b"\x40", b"\x41", b"\x56\x00", b"\x50\x07", b"\x60\x00\x07", b"\x43", b"\x52\x07"),
        *(b"\x70\x00\x00\x00\x07", b"\x44", b"\x53\x07", b"\x80" + b"\x00" * 7 + b"\x07"),
        *(b"\x51\xff", b"\x61\xff\xff", b"\x54\xff", b"\x71\xff\xff\xff\xff", b"\x55\xff"),
        *(b"\x81" + b"\xff" * 8, b"\x72\x40\x20\x00\x00", b"\x82\x40\x04" + b"\x00" * 6),
        *(b"\x74\x32\x80\x00\x05", b"\x84\x31\xc0" + b"\x00" * 5 + b"\x05"),
        *(b"\x94\x30\x40" + b"\x00" * 13 + b"\x05", b"\x73\x00\x00\x06\x33"),
        *(b"\x83" + b"\x00" * 8, b"\x98" + b"\x11" * 16, b"\xa0\x02\x00\xff", b"\xa1\x02\xd8\xb3"),
        *(b"\xb1\x00\x00\x00\x01x", b"\xa3\x03sym", b"\xb0\x00\x00\x00\x01\x00"),
        b"\xd1\x00\x00\x00\x06\x00\x00\x00\x02\x43\x43",
    ]
    pairs = [part for number, value in enumerate(values) for part in (string(f"k{number}"), value)]
    body = b"".join(pairs)
    bare = (
        performative(0x73, [uint(7)])
        + b"\x00\x80\x00\x00\x00\x00\x00\x00\x00\x74\xd1"
        + struct.pack(">II", len(body) + 4, len(pairs))
        + body
        + b"\x00\x53\x75\xb0\x00\x00\x00\x01x"
        + b"\x00\x53\x78\xc1\x01\x00"
    )
    sender = await wire.sender("deleted")
    await wire.receiver("deleted", delete=True)
    await wire.outcome(wire.send(sender, performative(0x70, [TRUE, b"\x50\x05"]) + bare))
    received = await wire.take()
    assert received.payload.endswith(bare)
    header = received.sections[0x70]
    assert header == [True, 5, None, None, 0]


async def test_credit_of_four_billion_and_never_settling(program: Program) -> None:
    """Such a client gets its share and holds no more of the broker's memory than that."""
    greedy, sender = await asyncio.gather(Wire.connect(program.port), Wire.connect(program.port))
    handle = await sender.sender("greedy")
    for _ in range(12):
        sent = sender.send(handle, batch([message(b"g" * 20)] * 500), batched=True)
    await sender.outcome(sent)
    await greedy.receiver("greedy", 0xFFFFFFFF)
    await greedy.until(lambda: len(greedy.received) >= 5000)
    await asyncio.sleep(0.2)
    assert len(greedy.received) == 5000
    first = greedy.received[0].delivery_id
    greedy.settle(first, first + 999)
    await greedy.until(lambda: len(greedy.received) == 6000)
    await greedy.settled(first + 999)
    # A range over all ids is no more work than the deliveries that there are.
    begun = time.monotonic()
    greedy.settle(0, 0xFFFFFFFF, RELEASED_STATE)
    await greedy.until(lambda: first + 5999 in greedy.settlements)
    assert time.monotonic() - begun < 3
    await greedy.close()
    figures = await program.queue("greedy")
    assert (figures["active"], figures["totals"]["completed"]) == (5000, 1000)
    await sender.close()


async def test_drain_is_answered(wire: Wire) -> None:
    handle = await wire.receiver("credit-raw", 10)
    wire.credit(handle, 10, drain=True)
    await wire.until(
        lambda: any(code == 0x13 and values[4] == handle for code, values in wire.frames)
    )
    flow = next(values for code, values in wire.frames if code == 0x13 and values[4] == handle)
    assert (flow[5], flow[6], flow[8]) == (10, 0, True)


async def test_a_drain_brings_what_there_is_first(wire: Wire) -> None:
    sender = await wire.sender("drained")
    await wire.outcome(wire.send(sender, batch([message(b"x")] * 3), batched=True))
    handle = await wire.receiver("drained", 0)
    wire.credit(handle, 10, drain=True)
    await wire.until(lambda: any(c == 0x13 and v[4] == handle for c, v in wire.frames))
    assert len(wire.received) == 3


async def test_half_open_connections_hold_nothing_up(program: Program) -> None:
    """Connected and silent, cut off in the middle of a frame: others go on."""
    halves = []
    for part in (b"", AMQP, AMQP + frame(performative(0x10, [string("x")]))[:9]):
        half = socket.create_connection(("127.0.0.1", program.port))
        half.sendall(part)
        halves.append(half)
    wire = await Wire.connect(program.port)
    handle = await wire.sender("idle")
    assert (await wire.outcome(wire.send(handle, message(b"x")))).descriptor == 0x24
    await wire.close()
    for half in halves:
        half.close()


async def test_a_consumer_that_does_not_read_slows_nobody(program: Program) -> None:
    stuck, sender, reader = await asyncio.gather(*(Wire.connect(program.port) for _ in range(3)))
    handle = await sender.sender("slow-consumer")
    for _ in range(40):
        sent = sender.send(handle, batch([message(b"x" * 4000)] * 50), batched=True)
    await sender.outcome(sent)
    slow = await stuck.receiver("slow-consumer", 0)
    stuck.transport.pause_reading()
    stuck.credit(slow, 100_000)
    await asyncio.sleep(0.3)
    begun = time.monotonic()
    other = await sender.sender("idle")
    assert (await sender.outcome(sender.send(other, message(b"quick")))).descriptor == 0x24
    await reader.receiver("idle", 1, delete=True)
    await reader.take()
    assert time.monotonic() - begun < 1
    figures = await program.queue("slow-consumer")
    assert figures["locked"] < 2000, "what the client does not read is not pushed at it"
    stuck.transport.abort()
    await asyncio.gather(sender.close(), reader.close())
