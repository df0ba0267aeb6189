"""Encoding AMQP values: the shortest form of each type."""

import struct
from typing import Any, Final
from uuid import UUID

from sandbox.servicebus.amqp.types import (
    Array,
    Described,
    Int,
    Long,
    Raw,
    Symbol,
    Timestamp,
    UByte,
    UInt,
    ULong,
    UShort,
)

_U32 = struct.Struct(">I").pack
_I32 = struct.Struct(">i").pack
_U64 = struct.Struct(">Q").pack
_I64 = struct.Struct(">q").pack
_F64 = struct.Struct(">d").pack

NULL: Final = b"\x40"
TRUE: Final = b"\x41"
FALSE: Final = b"\x42"


def encode(value: Any) -> bytes:
    """Encodes one value.

    A plain `int` becomes a long, a `float` a double, `bytes` a binary.

    Raises:
        TypeError: There is no AMQP type for it.
    """
    for kind, encoder in _ENCODERS:
        if isinstance(value, kind):
            encoded: bytes = encoder(value)
            return encoded
    raise TypeError(f"no AMQP type for {type(value).__name__}")


def uint(value: int) -> bytes:
    """A uint, as used in every performative."""
    if value == 0:
        return b"\x43"
    return bytes((0x52, value)) if value < 256 else b"\x70" + _U32(value)


def performative(code: int, fields: list[bytes]) -> bytes:
    """A described list from encoded fields; trailing nulls are left out."""
    while fields and fields[-1] == NULL:
        fields.pop()
    return b"\x00\x53" + bytes((code,)) + encoded_list(fields)


def encoded_list(items: list[bytes]) -> bytes:
    """A list from encoded items."""
    return _compound(items, 0xC0, 0xD0) if items else b"\x45"


def encoded_map(items: list[bytes]) -> bytes:
    """A map from encoded keys and values in turn."""
    return _compound(items, 0xC1, 0xD1)


def binary(value: bytes) -> bytes:
    """A binary."""
    return _sized(value, 0xA0, 0xB0)


def string(value: str) -> bytes:
    """A string."""
    return _sized(value.encode(), 0xA1, 0xB1)


def symbol(value: str) -> bytes:
    """A symbol."""
    return _sized(value.encode("ascii", "replace"), 0xA3, 0xB3)


def _compound(items: list[bytes], small: int, large: int) -> bytes:
    body = b"".join(items)
    if len(body) < 255 and len(items) < 256:
        return bytes((small, len(body) + 1, len(items))) + body
    return bytes((large,)) + _U32(len(body) + 4) + _U32(len(items)) + body


def _sized(raw: bytes, small: int, large: int) -> bytes:
    if len(raw) < 256:
        return bytes((small, len(raw))) + raw
    return bytes((large,)) + _U32(len(raw)) + raw


def _long(value: int) -> bytes:
    return (
        b"\x55" + (value & 0xFF).to_bytes(1, "big")
        if -128 <= value < 128
        else b"\x81" + _I64(value)
    )


def _int(value: int) -> bytes:
    return (
        b"\x54" + (value & 0xFF).to_bytes(1, "big")
        if -128 <= value < 128
        else b"\x71" + _I32(value)
    )


def _ulong(value: int) -> bytes:
    if value == 0:
        return b"\x44"
    return bytes((0x53, value)) if value < 256 else b"\x80" + _U64(value)


def _map(value: dict[Any, Any]) -> bytes:
    return encoded_map([encode(part) for pair in value.items() for part in pair])


def _array(value: Array) -> bytes:
    body = b"".join(_element(item) for item in value.items)
    code = _element_code(value.items[0]) if value.items else 0x40
    return b"\xf0" + _U32(len(body) + 5) + _U32(len(value.items)) + bytes((code,)) + body


def _element_code(item: Any) -> int:
    for kind, code in _ELEMENTS:
        if isinstance(item, kind):
            return code
    raise TypeError(f"no AMQP array of {type(item).__name__}")


def _element(item: Any) -> bytes:
    if isinstance(item, UUID):
        return item.bytes
    if isinstance(item, (Timestamp, Long)):
        return _I64(item)
    if isinstance(item, str):
        raw = item.encode()
        return _U32(len(raw)) + raw
    raise TypeError(f"no AMQP array of {type(item).__name__}")


_ELEMENTS: Final[tuple[tuple[type, int], ...]] = (
    (UUID, 0x98),
    (Timestamp, 0x83),
    (Long, 0x81),
    (Symbol, 0xB3),
    (str, 0xB1),
)

_ENCODERS: Final[tuple[tuple[type, Any], ...]] = (
    (Raw, bytes),
    (type(None), lambda _: NULL),
    (bool, lambda value: TRUE if value else FALSE),
    (UInt, uint),
    (Int, _int),
    (ULong, _ulong),
    (Timestamp, lambda value: b"\x83" + _I64(value)),
    (UByte, lambda value: bytes((0x50, value))),
    (UShort, lambda value: b"\x60" + int(value).to_bytes(2, "big")),
    (int, _long),
    (Symbol, symbol),
    (str, string),
    (bytes, binary),
    (float, lambda value: b"\x82" + _F64(value)),
    (UUID, lambda value: b"\x98" + value.bytes),
    (Described, lambda value: b"\x00" + encode(value.descriptor) + encode(value.value)),
    (Array, _array),
    (list, lambda value: encoded_list([encode(item) for item in value])),
    (dict, _map),
)
