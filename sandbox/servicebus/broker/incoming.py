"""A message as a client sent it, read as far as the broker must."""

import time
import uuid
from typing import Any, Final

from sandbox.servicebus.amqp import message as sections
from sandbox.servicebus.amqp.decode import decode
from sandbox.servicebus.amqp.encode import NULL, string
from sandbox.servicebus.amqp.errors import DecodeError

_NO_HEAD: Final = NULL * 4
_MAX_HEAD: Final = 32
_OWN_NOTES: Final = frozenset(
    {
        "x-opt-sequence-number",
        "x-opt-enqueued-time",
        "x-opt-locked-until",
        "x-opt-lock-token",
        "x-opt-message-state",
        "x-opt-enqueue-sequence-number",
        "x-opt-deadletter-source",
    }
)
MAX_ID: Final = 128


def now_ms() -> int:
    """The broker's clock: milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Incoming:
    """What `put` takes.

    Attributes:
        head: The first four header fields, encoded.
        notes: The sender's annotations that are passed on, encoded keys and values in turn.
        bare: The bare message.
        ttl: Milliseconds, None where the sender set none.
        due: When it is to be enqueued, milliseconds since the epoch, None for at once.
    """

    __slots__ = ("_message_id", "_properties", "bare", "due", "head", "notes", "ttl")

    def __init__(self, head: bytes, notes: bytes, bare: bytes, ttl: int | None, due: int | None):
        self.head = head
        self.notes = notes
        self.bare = bare
        self.ttl = ttl
        self.due = due
        self._properties: list[bytes] | None = None
        self._message_id: str | None = None

    @property
    def properties(self) -> list[bytes]:
        """The encoded fields of the properties."""
        if self._properties is None:
            self._properties = sections.properties(self.bare)
        return self._properties

    @property
    def message_id(self) -> str | None:
        """The message id as text, whatever its type."""
        if self._message_id is None:
            self._message_id = self._text(0)
        return self._message_id

    @property
    def session_id(self) -> str | None:
        """The session id: the group id."""
        return self._text(10)

    def name(self) -> None:
        """Gives the message an id.

        ASSUMED: the service does it, for @azure/service-bus 7.9 cannot settle a message without
        one (lockRenewer: "no message ID") and sends none of its own.
        """
        self.bare = sections.with_properties(self.bare, {0: string(uuid.uuid4().hex)})
        self._properties = None

    def _text(self, index: int) -> str | None:
        fields = self.properties
        if len(fields) <= index or fields[index] == NULL:
            return None
        return str(decode(fields[index], 0)[0])


def read_message(payload: bytes) -> Incoming:
    """Reads one encoded message.

    Raises:
        AmqpError: It is no message, or an id is too long.
    """
    parts = sections.split(payload)
    head, ttl = _NO_HEAD, None
    if parts.header:
        fields = parts.header + [NULL] * (4 - len(parts.header))
        head = b"".join(fields[:4])
        if len(head) > _MAX_HEAD:
            raise DecodeError("the header holds something else than flags, a priority and a ttl")
        ttl = decode(fields[2], 0)[0]
        if ttl is not None and not isinstance(ttl, int):
            raise DecodeError("the header's ttl is no number")
    notes, due = b"", None
    if parts.annotations:
        notes, due = _read_notes(parts.annotations)
    item = Incoming(head, notes, parts.bare, ttl, due)
    if item.message_id is None:
        item.name()
    return item


def _read_notes(items: list[bytes]) -> tuple[bytes, int | None]:
    kept: list[bytes] = []
    due = None
    if len(items) % 2:
        raise DecodeError("message annotations with a key that has no value")
    for raw_key, raw_value in zip(items[::2], items[1::2], strict=True):
        key: Any = decode(raw_key, 0)[0]
        if key in _OWN_NOTES:
            continue
        if key == "x-opt-scheduled-enqueue-time":
            due = decode(raw_value, 0)[0]
            if due is not None and not isinstance(due, int):
                raise DecodeError("x-opt-scheduled-enqueue-time is no time")
        kept += (raw_key, raw_value)
    return b"".join(kept), due
