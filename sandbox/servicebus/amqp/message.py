"""The sections of a message, cut apart without touching the bare message.

A broker owns the header, the delivery annotations and the message annotations; properties,
application properties, body and footer pass through byte for byte (AMQP 1.0, part 3.2).
"""

from typing import Any, Final, NamedTuple

from sandbox.servicebus.amqp.decode import decode, raw_items, skip
from sandbox.servicebus.amqp.encode import NULL, binary, encoded_map, performative
from sandbox.servicebus.amqp.errors import DecodeError

HEADER: Final = 0x70
DELIVERY_ANNOTATIONS: Final = 0x71
MESSAGE_ANNOTATIONS: Final = 0x72
PROPERTIES: Final = 0x73
APPLICATION_PROPERTIES: Final = 0x74
DATA: Final = 0x75
SEQUENCE: Final = 0x76
VALUE: Final = 0x77
FOOTER: Final = 0x78
BATCH_FORMAT: Final = 0x80013700

PROPERTY_NAMES: Final = (
    "message-id",
    "user-id",
    "to",
    "subject",
    "reply-to",
    "correlation-id",
    "content-type",
    "content-encoding",
    "absolute-expiry-time",
    "creation-time",
    "group-id",
    "group-sequence",
    "reply-to-group-id",
)


class Sections(NamedTuple):
    """Where the sections of an encoded message are.

    Attributes:
        header: The encoded fields of the header: durable, priority, ttl, first-acquirer,
            delivery-count.
        annotations: The message annotations' keys and values in turn, encoded.
        bare: The bare message.
    """

    header: list[bytes]
    annotations: list[bytes]
    bare: bytes


def split(payload: bytes) -> Sections:
    """Cuts an encoded message into what the broker owns and what it passes through.

    Raises:
        DecodeError: The bytes are no message.
    """
    header: list[bytes] = []
    annotations: list[bytes] = []
    bare_at: int | None = None
    previous = 0
    pos, end = 0, len(payload)
    while pos < end:
        code, value_at = _section(payload, pos)
        if code < previous or (code == previous and code not in (DATA, SEQUENCE)):
            raise DecodeError(f"message section 0x{code:02x} in the wrong place")
        previous = code
        if code >= PROPERTIES and bare_at is None:
            bare_at = pos
        if code == HEADER:
            header, pos = raw_items(payload, value_at)
        elif code == MESSAGE_ANNOTATIONS:
            annotations, pos = raw_items(payload, value_at)
        elif code == APPLICATION_PROPERTIES:
            # Cut apart to be sure of it: a dead letter's reason will be written into it.
            items, pos = raw_items(payload, value_at)
            if len(items) % 2:
                raise DecodeError("application properties with a key that has no value")
        else:
            pos = skip(payload, value_at)
    return Sections(header, annotations, payload[bare_at:] if bare_at is not None else b"")


def batch_items(payload: bytes) -> list[bytes]:
    """Returns the encoded messages of a batch: its data sections' contents.

    Raises:
        DecodeError: The bytes are no message, or a section is no data section.
    """
    items: list[bytes] = []
    pos, end = 0, len(payload)
    while pos < end:
        code, value_at = _section(payload, pos)
        if code == DATA:
            item, pos = decode(payload, value_at)
            if not isinstance(item, bytes):
                raise DecodeError("a data section of a batch holds no binary")
            items.append(item)
        elif code in (SEQUENCE, VALUE):
            raise DecodeError("a batch holds data sections only")
        else:
            pos = skip(payload, value_at)
    return items


def properties(bare: bytes) -> list[bytes]:
    """Returns the encoded fields of the properties, an empty list where there are none."""
    if not bare:
        return []
    code, value_at = _section(bare, 0)
    return raw_items(bare, value_at)[0] if code == PROPERTIES else []


def body_value(bare: bytes) -> Any:
    """Decodes the amqp-value body, or returns None where there is none."""
    pos = 0
    while pos < len(bare):
        code, value_at = _section(bare, pos)
        if code == VALUE:
            return decode(bare, value_at)[0]
        pos = skip(bare, value_at)
    return None


def application_properties(bare: bytes) -> tuple[int, int, list[bytes]]:
    """Finds the application properties of a bare message.

    Returns:
        Start and end of the section, which are equal where there is none, and its keys and values
        in turn, encoded.
    """
    pos = 0
    while pos < len(bare):
        code, value_at = _section(bare, pos)
        if code == APPLICATION_PROPERTIES:
            items, after = raw_items(bare, value_at)
            return pos, after, items
        if code > APPLICATION_PROPERTIES:
            break
        pos = skip(bare, value_at)
    return pos, pos, []


def with_application_properties(bare: bytes, changes: dict[bytes, bytes | None]) -> bytes:
    """Returns the bare message with application properties set or, where None, taken away.

    Args:
        bare: The bare message.
        changes: Encoded keys to encoded values.
    """
    start, end, items = application_properties(bare)
    pairs = dict(zip(items[::2], items[1::2], strict=False))
    for key, value in changes.items():
        if value is None:
            pairs.pop(key, None)
        else:
            pairs[key] = value
    if not pairs:
        return bare[:start] + bare[end:]
    flat = [part for pair in pairs.items() for part in pair]
    section = b"\x00\x53\x74" + encoded_map(flat)
    return bare[:start] + section + bare[end:]


def with_properties(bare: bytes, changes: dict[int, bytes]) -> bytes:
    """Returns the bare message with fields of its properties, by their index, replaced."""
    items: list[bytes] = []
    end = 0
    if bare[:3] == b"\x00\x53\x73":
        items, end = raw_items(bare, 3)
    for index, value in changes.items():
        items += [NULL] * (index + 1 - len(items))
        items[index] = value
    return performative(PROPERTIES, items) + bare[end:]


def data_section(body: bytes) -> bytes:
    """A data section."""
    return b"\x00\x53\x75" + binary(body)


def _section(payload: bytes, pos: int) -> tuple[int, int]:
    if payload[pos : pos + 2] == b"\x00\x53" and len(payload) > pos + 3:
        code, value_at = payload[pos + 2], pos + 3
    elif payload[pos : pos + 2] == b"\x00\x80" and len(payload) > pos + 10:
        code, value_at = int.from_bytes(payload[pos + 2 : pos + 10], "big"), pos + 10
    else:
        raise DecodeError(f"no message section at byte {pos}")
    if not HEADER <= code <= FOOTER:
        raise DecodeError(f"unknown message section 0x{code:x}")
    return code, value_at
