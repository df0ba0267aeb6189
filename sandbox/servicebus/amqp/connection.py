"""A client's connection: protocol headers, SASL, frames, and the sessions inside."""

import asyncio
import struct
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import structlog

from sandbox.servicebus.amqp import frames
from sandbox.servicebus.amqp import performatives as wire
from sandbox.servicebus.amqp.errors import (
    FRAMING_ERROR,
    ILLEGAL_STATE,
    INTERNAL_ERROR,
    INVALID_FIELD,
    RESOURCE_LIMIT,
    UNATTACHED_HANDLE,
    AmqpError,
)
from sandbox.servicebus.amqp.sasl import MECHANISMS, OUTCOME_AUTH, OUTCOME_OK, read_init
from sandbox.servicebus.amqp.session import FIRST_TRANSFER, WINDOW, Nodes, Session

if TYPE_CHECKING:
    from sandbox.servicebus.amqp.link import Link

_log = structlog.get_logger(__name__)

AMQP_HEADER: Final = b"AMQP\x00\x01\x00\x00"
SASL_HEADER: Final = b"AMQP\x03\x01\x00\x00"
MAX_FRAME: Final = 65536
MIN_FRAME: Final = 512
IDLE_TIMEOUT: Final = 240.0
HANDSHAKE_TIMEOUT: Final = 30.0
_QUEUED: Final = 1024 * 1024
_MAX_CHANNEL: Final = 4095
_EMPTY: Final = b"\x00\x00\x00\x08\x02\x00\x00\x00"
_HEAD: Final = struct.Struct(">IBBH")
_pack_head = _HEAD.pack
_unpack_head = _HEAD.unpack_from


class Connection(asyncio.Protocol):
    """One TCP connection.

    Args:
        make_nodes: Makes what the links lead to, for one connection.
        on_made: Called with the connection when it is there.
        on_lost: Called when it is gone.
    """

    def __init__(
        self,
        make_nodes: "Callable[[Connection], Nodes]",
        on_made: "Callable[[Connection], None]",
        on_lost: "Callable[[Connection], None]",
    ) -> None:
        self._on_made = on_made
        self._on_lost = on_lost
        self._buffer = bytearray()
        self._out: list[bytes] = []
        self._queued = 0
        self._flushing: set[Session] = set()
        self._scheduled = False
        self._paused = False
        self._blocked = False
        self._step: Callable[[int, int, int, bytes], None] | None = None
        self._opened = False
        self._ended: set[int] = set()
        self.closing = False
        self.sessions: dict[int, Session] = {}
        self.max_frame = MIN_FRAME
        self.remote_idle: float | None = None
        self.last_in = self.last_out = self.began = time.monotonic()
        self.peer = ""
        self.plain_login: Callable[[str, str], bool] = lambda _user, _password: False
        self._nodes = make_nodes(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The client is there."""
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._transport.set_write_buffer_limits(_QUEUED, _QUEUED // 4)
        self._loop = asyncio.get_running_loop()
        address = transport.get_extra_info("peername")
        self.peer = f"{address[0]}:{address[1]}" if address else "?"
        self._on_made(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self.closing = True
        for session in list(self.sessions.values()):
            session.close()
        self.sessions.clear()
        self._on_lost(self)

    def data_received(self, data: bytes) -> None:
        """Takes what has come in, frame by frame."""
        self.last_in = time.monotonic()
        if self.closing:
            return
        buffer = self._buffer
        buffer += data
        try:
            self._read(buffer)
        except AmqpError as error:
            self.fail(error)
        except Exception as error:  # noqa: BLE001 - one client's trouble must not stop the others
            _log.exception("connection_failed", peer=self.peer)
            self.fail(AmqpError(INTERNAL_ERROR, f"{type(error).__name__} in the broker"))

    def pause_writing(self) -> None:
        """The client does not read as fast as we write."""
        self._paused = True
        self._blocked = True

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._paused = False
        self._wake()

    def writable(self) -> bool:
        """Whether the client takes more; if not, links are woken once it does."""
        if self._paused or self._queued > _QUEUED or self.closing:
            self._blocked = True
            return False
        return True

    def pause_reading(self) -> None:
        """Takes nothing more from the client for now."""
        if not self.closing and self._transport.is_reading():
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Takes more from the client again."""
        if not self.closing and not self._transport.is_reading():
            self._transport.resume_reading()

    def send(self, channel: int, body: bytes) -> None:
        """Sends one AMQP frame, together with all others of this turn of the loop."""
        if self.closing:
            return
        self._out.append(_pack_head(len(body) + 8, 2, 0, channel))
        self._out.append(body)
        self._queued += len(body) + 8
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._flush)

    def want_flush(self, session: Session) -> None:
        """A session has a settlement that waits for neighbours until the end of this turn."""
        self._flushing.add(session)
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._flush)

    def beat(self, now: float) -> None:
        """Keeps the connection alive, or ends it where the client has fallen silent."""
        if not self._opened:
            if now - self.began > HANDSHAKE_TIMEOUT:
                _log.info("connection_never_opened", peer=self.peer)
                self._transport.abort()
            return
        if now - self.last_in > IDLE_TIMEOUT:
            self.fail(AmqpError(RESOURCE_LIMIT, "nothing was heard for four minutes"))
        elif self.remote_idle is not None and now - self.last_out > self.remote_idle / 2:
            self.last_out = now
            self._transport.write(_EMPTY)

    def fail(self, error: AmqpError) -> None:
        """Ends the connection, telling the client why."""
        if self.closing:
            return
        _log.info("connection_refused", peer=self.peer, error=str(error))
        failure = (error.condition, error.description)
        if not self._opened:
            self._transport.write(AMQP_HEADER)
            self.send(0, frames.open_frame("souk", MAX_FRAME, int(IDLE_TIMEOUT * 1000)))
        self._leave(failure)

    def shut(self) -> None:
        """Ends the connection because the broker stops."""
        if not self._opened:
            self._transport.abort()
        elif not self.closing:
            self._leave(("amqp:connection:forced", "the broker is stopping"))

    def links(self) -> "list[Link]":
        """All links that are attached."""
        return [link for session in self.sessions.values() for link in session.links()]

    def _leave(self, failure: tuple[str, str] | None) -> None:
        self.send(0, frames.close_frame(failure))
        self._flush()
        self.closing = True
        for session in list(self.sessions.values()):
            session.close()
        self._transport.close()

    def _flush(self) -> None:
        for session in self._flushing:
            session.flush()
        self._flushing.clear()
        self._scheduled = False
        if self._out and not self.closing:
            self.last_out = time.monotonic()
            self._transport.write(b"".join(self._out))
        self._out.clear()
        self._queued = 0
        if self._blocked and not self._paused:
            self._wake()

    def _wake(self) -> None:
        self._blocked = False
        for session in list(self.sessions.values()):
            session.wake()

    def _read(self, buffer: bytearray) -> None:
        pos, end = 0, len(buffer)
        while not self.closing:
            if end - pos < 8:
                break
            if self._step is None:
                self._header(bytes(buffer[pos : pos + 8]))
                pos += 8
                continue
            size, offset, kind, channel = _unpack_head(buffer, pos)
            if size < 8 or size > MAX_FRAME or offset < 2 or offset * 4 > size:
                raise AmqpError(FRAMING_ERROR, f"a frame of {size} bytes with offset {offset}")
            if end - pos < size:
                break
            frame = bytes(buffer[pos + offset * 4 : pos + size])
            pos += size
            self._step(kind, channel, size, frame)
        del buffer[:pos]

    def _header(self, header: bytes) -> None:
        if header == SASL_HEADER and not self._opened:
            self._transport.write(SASL_HEADER + _frame(1, MECHANISMS))
            self._step = self._sasl
        elif header == AMQP_HEADER:
            self._transport.write(AMQP_HEADER)
            self._step = self._amqp
        else:
            self._transport.write(AMQP_HEADER)
            self.closing = True
            self._transport.close()
            _log.info("not_amqp", peer=self.peer, header=header.hex())

    def _sasl(self, kind: int, channel: int, size: int, frame: bytes) -> None:
        if kind != 1:
            raise AmqpError(FRAMING_ERROR, "an AMQP frame where a SASL frame is due")
        login = read_init(frame)
        if login is not None and not self.plain_login(*login):
            self._transport.write(_frame(1, OUTCOME_AUTH))
            self.closing = True
            self._transport.close()
            return
        self._transport.write(_frame(1, OUTCOME_OK))
        self._step = None

    def _amqp(self, kind: int, channel: int, size: int, frame: bytes) -> None:
        if kind != 0:
            raise AmqpError(FRAMING_ERROR, f"a frame of type {kind} where an AMQP frame is due")
        if not frame:
            return
        code, pos = wire.frame_code(frame, 0)
        if not self._opened:
            if code != wire.OPEN:
                raise AmqpError(ILLEGAL_STATE, "the first frame must be an open")
            self._open(wire.read_open(wire.fields(frame, pos)[0]))
        elif wire.ATTACH <= code <= wire.DETACH:
            session = self.sessions.get(channel)
            if session is None and channel in self._ended:
                return
            if session is None:
                raise AmqpError(UNATTACHED_HANDLE, f"no session has begun on channel {channel}")
            try:
                session.handle(code, frame, pos)
            except AmqpError as error:
                if error.condition != UNATTACHED_HANDLE:
                    raise
                self._end(channel, (error.condition, error.description))
        elif code == wire.BEGIN:
            self._begin(channel, wire.read_begin(wire.fields(frame, pos)[0]))
        elif code == wire.END:
            self._end(channel, None)
        elif code == wire.CLOSE:
            self._leave(None)
        else:
            raise AmqpError(ILLEGAL_STATE, f"unexpected performative 0x{code:x}")

    def _open(self, frame: wire.Open) -> None:
        if frame.max_frame_size < MIN_FRAME:
            raise AmqpError(INVALID_FIELD, f"max-frame-size must be {MIN_FRAME} at least")
        self._opened = True
        self.max_frame = min(frame.max_frame_size, MAX_FRAME)
        self.remote_idle = frame.idle_timeout / 1000 if frame.idle_timeout else None
        self.send(0, frames.open_frame("souk", MAX_FRAME, int(IDLE_TIMEOUT * 1000)))

    def _begin(self, channel: int, begin: wire.Begin) -> None:
        if channel in self.sessions or channel > _MAX_CHANNEL:
            raise AmqpError(ILLEGAL_STATE, f"channel {channel} cannot begin a session")
        self._ended.discard(channel)
        self.sessions[channel] = Session(self, channel, begin, self._nodes)
        self.send(channel, frames.begin_frame(channel, FIRST_TRANSFER, WINDOW))

    def _end(self, channel: int, failure: tuple[str, str] | None) -> None:
        session = self.sessions.pop(channel, None)
        if session is not None:
            session.flush()
            session.close()
            self._flushing.discard(session)
            self._ended.add(channel)
            self.send(channel, frames.end_frame(failure))


def _frame(kind: int, body: bytes) -> bytes:
    return _pack_head(len(body) + 8, 2, kind, 0) + body
