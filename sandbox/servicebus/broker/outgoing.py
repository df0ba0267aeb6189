"""A stored message as a client gets it: header and annotations written anew, the rest untouched."""

import struct
from typing import Final

from sandbox.servicebus.amqp.decode import skip
from sandbox.servicebus.amqp.encode import symbol, uint
from sandbox.servicebus.storage.row import Message

_SEQUENCE: Final = symbol("x-opt-sequence-number") + b"\x81"
_ENQUEUED: Final = symbol("x-opt-enqueued-time") + b"\x83"
_STATE: Final = symbol("x-opt-message-state") + b"\x54"
_LOCKED: Final = symbol("x-opt-locked-until") + b"\x83"
_OPEN: Final = struct.Struct(f">{len(_SEQUENCE)}sq{len(_ENQUEUED)}sq{len(_STATE)}sB").pack
_UNTIL: Final = struct.Struct(f">{len(_LOCKED)}sq").pack
_U32: Final = struct.Struct(">I").pack


def encode_message(message: Message, locked_until: int | None = None) -> bytes:
    """Encodes a message with the broker's header and annotations.

    Args:
        message: The message, its body loaded.
        locked_until: Milliseconds since the epoch, None where it is not locked.
    """
    head = message.head + uint(message.failures)
    body = _OPEN(_SEQUENCE, message.sequence, _ENQUEUED, message.enqueued, _STATE, message.state)
    count = 6
    if locked_until is not None:
        body += _UNTIL(_LOCKED, locked_until)
        count += 2
    if message.notes:
        body += message.notes
        count += count_items(message.notes)
    if len(body) < 255:
        notes = bytes((0xC1, len(body) + 1, count)) + body
    else:
        notes = b"\xd1" + _U32(len(body) + 4) + _U32(count) + body
    return b"".join(
        (
            b"\x00\x53\x70\xc0",
            bytes((len(head) + 1, 5)),
            head,
            b"\x00\x53\x72",
            notes,
            message.bare,
        )
    )


def count_items(encoded: bytes) -> int:
    """Counts values that stand one behind the other."""
    count = pos = 0
    while pos < len(encoded):
        pos = skip(encoded, pos)
        count += 1
    return count
