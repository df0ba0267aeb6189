"""A bare AMQP client for tests: what no SDK would send, and much of what it would, faster."""

import asyncio
import struct
from collections import deque
from typing import Any

from sandbox.servicebus.amqp.decode import decode
from sandbox.servicebus.amqp.encode import (
    FALSE,
    NULL,
    TRUE,
    binary,
    encode,
    performative,
    string,
    uint,
)
from sandbox.servicebus.amqp.frames import (
    ACCEPTED_STATE,
)
from sandbox.servicebus.amqp.message import data_section
from sandbox.servicebus.amqp.types import Symbol
from tests.sandbox.servicebus.program import KEY

SASL = b"AMQP\x03\x01\x00\x00"
AMQP = b"AMQP\x00\x01\x00\x00"
BATCH = b"\x70\x80\x01\x37\x00"


def frame(body: bytes, kind: int = 0, channel: int = 0) -> bytes:
    """A frame."""
    return struct.pack(">IBBH", len(body) + 8, 2, kind, channel) + body


def message(body: bytes, message_id: str | None = None) -> bytes:
    """An encoded message."""
    properties = b"" if message_id is None else performative(0x73, [string(message_id)])
    return properties + data_section(body)


def batch(messages: list[bytes]) -> bytes:
    """An encoded batch."""
    return b"".join(data_section(each) for each in messages)


def request(properties: dict[str, Any], body: Any) -> bytes:
    """An encoded request to `$cbs` or `$management`."""
    parts = (performative(0x73, [uint(1)]), b"\x00\x53\x74", encode(properties))
    return b"".join((*parts, b"\x00\x53\x77", encode(body)))


class Received:
    """A delivery that came in."""

    def __init__(self, delivery_id: int, tag: bytes, payload: bytes) -> None:
        self.delivery_id = delivery_id
        self.tag = tag
        self.payload = payload

    @property
    def sections(self) -> dict[int, Any]:
        """Descriptor to decoded section."""
        found: dict[int, Any] = {}
        pos = 0
        while pos < len(self.payload):
            section, pos = decode(self.payload, pos)
            found[section.descriptor] = section.value
        return found

    @property
    def body(self) -> bytes:
        """The data."""
        data: bytes = self.sections[0x75]
        return data


class Wire(asyncio.Protocol):
    """One connection with one session."""

    def __init__(self) -> None:
        self.buffer = b""
        self.headers = 0
        self.largest = 0
        self.frames: deque[tuple[int, list[Any]]] = deque()
        self.received: deque[Received] = deque()
        self.outcomes: dict[int, Any] = {}
        self.settlements: dict[int, Any] = {}
        self.nodes: dict[str, int] = {}
        self.closed = False
        self.error: Any = None
        self._partial: list[Any] | None = None
        self._changed = asyncio.Event()
        self._next_delivery = 0
        self._next_handle = 0

    @classmethod
    async def connect(
        cls, port: int, *, begin: bool = True, login: bool = True, max_frame: int = 65536
    ) -> "Wire":
        """Connects, logs in with the key in clear or not at all, and begins a session."""
        loop = asyncio.get_running_loop()
        transport, wire = await loop.create_connection(cls, "127.0.0.1", port)
        wire.transport = transport
        if begin:
            key = b"\x00RootManageSharedAccessKey\x00" + KEY.encode()
            init = performative(0x41, [encode(Symbol("PLAIN")), binary(key)])
            if not login:
                init = performative(0x41, [encode(Symbol("ANONYMOUS"))])
            wire.write(SASL + frame(init, 1) + AMQP)
            wire.write(frame(performative(0x10, [string("test"), NULL, uint(max_frame)])))
            wire.write(frame(performative(0x11, [NULL, uint(0), uint(1 << 30), uint(1 << 30)])))
            await wire.until(lambda: any(code == 0x11 for code, _ in wire.frames))
        return wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._changed.set()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        pos = 0
        while len(self.buffer) - pos >= 8:
            if self.buffer[pos : pos + 4] == b"AMQP":
                pos += 8
                self.headers += 1
                continue
            size, offset, kind, _ = struct.unpack_from(">IBBH", self.buffer, pos)
            if len(self.buffer) - pos < size:
                break
            self.largest = max(self.largest, size)
            if kind == 0 and size > offset * 4:
                self._frame(self.buffer[pos + offset * 4 : pos + size])
            pos += size
        self.buffer = self.buffer[pos:]
        self._changed.set()

    def _frame(self, body: bytes) -> None:
        code = body[2]
        values, after = decode(body, 3)
        if code == 0x14:
            if self._partial is None:
                self._partial = [values[1], values[2], b""]
            self._partial[2] += body[after:]
            if len(values) < 6 or not values[5]:
                self.received.append(Received(*self._partial))
                self._partial = None
            return
        if code == 0x15:
            found = self.settlements if values[0] is False else self.outcomes
            last = values[2] if values[2] is not None else values[1]
            for number in range(values[1], last + 1):
                found[number] = values[4]
            return
        if code in (0x16, 0x17, 0x18):
            index = 2 if code == 0x16 else 0
            if len(values) > index and values[index] is not None:
                self.error = values[index].value
        self.frames.append((code, values))

    def write(self, data: bytes) -> None:
        """Writes bytes."""
        self.transport.write(data)

    async def until(self, condition: Any, timeout: float = 10) -> None:
        """Waits until something is true."""
        async with asyncio.timeout(timeout):
            while not condition():
                assert not self.closed or condition(), f"connection closed: {self.error}"
                self._changed.clear()
                await self._changed.wait()

    async def gone(self, timeout: float = 10) -> str:
        """Waits until the broker has closed, and returns the error's condition."""
        async with asyncio.timeout(timeout):
            while not self.closed:
                self._changed.clear()
                await self._changed.wait()
        return str(self.error[0]) if self.error else ""

    async def sender(self, address: str) -> int:
        """Attaches a link to send on and returns its handle."""
        return await self._attach(address, receiver=False, settle=0)

    async def receiver(self, address: str, credit: int = 100, *, delete: bool = False) -> int:
        """Attaches a link to receive on and returns its handle."""
        handle = await self._attach(address, receiver=True, settle=1 if delete else 0)
        self.credit(handle, credit)
        return handle

    def credit(self, handle: int, credit: int, count: int = 0, *, drain: bool = False) -> None:
        """Gives credit."""
        numbers = [uint(1), uint(1 << 30), uint(0), uint(1 << 30)]
        link = [uint(handle), uint(count), uint(credit), NULL, TRUE if drain else FALSE]
        self.write(frame(performative(0x13, numbers + link)))

    async def _attach(self, address: str, *, receiver: bool, settle: int) -> int:
        handle = self._next_handle
        self._next_handle += 1
        terminus = performative(0x28 if receiver else 0x29, [string(address)])
        other = performative(0x29 if receiver else 0x28, [string("here")])
        items = [
            *(string(f"link{handle}"), uint(handle), TRUE if receiver else FALSE),
            *(bytes((0x50, settle)), b"\x50\x01" if receiver and not settle else b"\x50\x00"),
            *((terminus, other) if receiver else (other, terminus)),
            *(NULL, NULL, NULL if receiver else uint(0)),
        ]
        self.write(frame(performative(0x12, items)))
        await self.until(
            lambda: any(code == 0x12 and values[1] == handle for code, values in self.frames)
        )
        return handle

    def send(self, handle: int, payload: bytes, *, batched: bool = False) -> int:
        """Sends a message or a batch and returns its delivery id."""
        number = self._next_delivery
        self._next_delivery += 1
        room = 60_000
        parts = [payload[at : at + room] for at in range(0, len(payload), room)] or [b""]
        for part in parts:
            more = TRUE if part is not parts[-1] else FALSE
            head = [uint(handle), uint(number), binary(number.to_bytes(4, "big"))]
            head += [BATCH if batched else uint(0), FALSE, more]
            self.write(frame(performative(0x14, head) + part))
        return number

    async def answered(self, count: int) -> None:
        """Waits until more than `count` of what was sent is answered."""
        await self.until(lambda: len(self.outcomes) > count)

    async def outcome(self, number: int, timeout: float = 10) -> Any:
        """Waits for the broker's answer to what was sent: the outcome's descriptor and fields."""
        await self.until(lambda: number in self.outcomes, timeout)
        return self.outcomes[number]

    async def take(self, timeout: float = 10) -> Received:
        """Waits for a message."""
        await self.until(lambda: bool(self.received), timeout)
        return self.received.popleft()

    def settle(self, first: int, last: int | None = None, state: bytes = ACCEPTED_STATE) -> None:
        """Settles deliveries, to be confirmed by the broker."""
        items = [TRUE, uint(first), uint(last if last is not None else first), FALSE, state]
        self.write(frame(performative(0x15, items)))

    async def settled(self, number: int, timeout: float = 10) -> Any:
        """Waits for the broker's confirmation."""
        await self.until(lambda: number in self.settlements, timeout)
        return self.settlements[number]

    async def request(
        self, entity: str, operation: str, body: dict[Any, Any]
    ) -> tuple[dict[str, Any], Any]:
        """Asks `$management` and returns the reply's properties and body."""
        address = f"{entity}/$management"
        if address not in self.nodes:
            self.nodes[address] = await self.sender(address)
            await self.receiver(address)
        properties = {"operation": f"com.microsoft:{operation}"}
        self.send(self.nodes[address], request(properties, body))
        sections = (await self.take()).sections
        return sections[0x74], sections[0x77]

    def detach(self, handle: int) -> None:
        """Closes a link."""
        self.write(frame(performative(0x16, [uint(handle), TRUE])))

    async def close(self) -> None:
        """Closes the connection."""
        self.write(frame(performative(0x18, [])))
        self.transport.close()
        await self.gone()
