"""Decoding AMQP values (AMQP 1.0, part 1: types).

Integers come back as plain `int`, timestamps as `Timestamp`, symbols as `Symbol`, decimals as
`Decimal`. Nothing is allocated by a count that the peer only claims.
"""

import struct
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from sandbox.servicebus.amqp.decimals import decode_decimal32, decode_decimal64, decode_decimal128
from sandbox.servicebus.amqp.errors import DecodeError
from sandbox.servicebus.amqp.types import Described, Symbol, Timestamp

Buffer = bytes | bytearray | memoryview
_Decoder = Callable[[Buffer, int], tuple[Any, int]]

MAX_ITEMS: Final = 65536
BROKEN: Final = (struct.error, IndexError, UnicodeDecodeError, RecursionError, TypeError)
"""What broken input raises inside the decoders; callers turn it into a DecodeError."""


def decode(buffer: Buffer, pos: int) -> tuple[Any, int]:
    """Decodes the value at `pos` and returns it with the position behind it.

    Raises:
        DecodeError: The bytes there are no AMQP value.
    """
    try:
        return _DECODERS[buffer[pos]](buffer, pos + 1)
    except BROKEN as error:
        raise DecodeError(f"no AMQP value at byte {pos}: {error}") from error


def skip(buffer: Buffer, pos: int) -> int:
    """Returns the position behind the value at `pos` without decoding it.

    Raises:
        DecodeError: The value is cut short or its constructor is unknown.
    """
    try:
        code = buffer[pos]
        if code == 0:
            return skip(buffer, skip(buffer, pos + 1))
        kind = code >> 4
        if kind in _FIXED:
            end = pos + 1 + _FIXED[kind]
        elif kind in (0xA, 0xC, 0xE):
            end = pos + 2 + buffer[pos + 1]
        elif kind in (0xB, 0xD, 0xF):
            end = pos + 5 + _U32(buffer, pos + 1)[0]
        else:
            raise DecodeError(f"unknown constructor 0x{code:02x} at byte {pos}")
    except BROKEN as error:
        raise DecodeError(f"no AMQP value at byte {pos}: {error}") from error
    if end > len(buffer):
        raise DecodeError(f"the value at byte {pos} ends behind its frame")
    return end


def raw_items(buffer: Buffer, pos: int) -> tuple[list[bytes], int]:
    """Cuts the list or map at `pos` into its items, each still encoded."""
    code = buffer[pos] if pos < len(buffer) else -1
    if code == 0x45:
        return [], pos + 1
    try:
        if code in (0xC0, 0xC1):
            end, count, pos = pos + 2 + buffer[pos + 1], buffer[pos + 2], pos + 3
        elif code in (0xD0, 0xD1):
            end, count, pos = pos + 5 + _U32(buffer, pos + 1)[0], _U32(buffer, pos + 5)[0], pos + 9
        else:
            raise DecodeError(f"a list or map was expected at byte {pos}")
    except BROKEN as error:
        raise DecodeError(f"no list or map at byte {pos}: {error}") from error
    _check(buffer, end, count)
    items = []
    for _ in range(count):
        after = skip(buffer, pos)
        items.append(bytes(buffer[pos:after]))
        pos = after
    if pos != end:
        raise DecodeError("a list's or map's items do not fill its size")
    return items, end


_FIXED: Final = {0x4: 0, 0x5: 1, 0x6: 2, 0x7: 4, 0x8: 8, 0x9: 16}
_U16 = struct.Struct(">H").unpack_from
_I16 = struct.Struct(">h").unpack_from
_U32 = struct.Struct(">I").unpack_from
_I32 = struct.Struct(">i").unpack_from
_U64 = struct.Struct(">Q").unpack_from
_I64 = struct.Struct(">q").unpack_from
_F32 = struct.Struct(">f").unpack_from
_F64 = struct.Struct(">d").unpack_from


def _check(buffer: Buffer, end: int, count: int = 0) -> None:
    if end > len(buffer):
        raise DecodeError("a value ends behind its frame")
    if count > MAX_ITEMS:
        raise DecodeError(f"{count} items in one list, map or array; {MAX_ITEMS} is the limit")


def _constant(value: Any) -> _Decoder:
    return lambda _buffer, pos: (value, pos)


def _number(unpack: Callable[[Buffer, int], tuple[Any, ...]], width: int) -> _Decoder:
    return lambda buffer, pos: (unpack(buffer, pos)[0], pos + width)


def _ubyte(buffer: Buffer, pos: int) -> tuple[int, int]:
    return buffer[pos], pos + 1


def _byte(buffer: Buffer, pos: int) -> tuple[int, int]:
    value = buffer[pos]
    return (value - 256 if value > 127 else value), pos + 1


def _boolean(buffer: Buffer, pos: int) -> tuple[bool, int]:
    return buffer[pos] == 1, pos + 1


def _timestamp(buffer: Buffer, pos: int) -> tuple[Timestamp, int]:
    return Timestamp(_I64(buffer, pos)[0]), pos + 8


def _char(buffer: Buffer, pos: int) -> tuple[str, int]:
    code = _U32(buffer, pos)[0]
    if code > 0x10FFFF:
        raise DecodeError(f"0x{code:x} is no character")
    return chr(code), pos + 4


def _fixed(width: int, make: Callable[[bytes], Any]) -> _Decoder:
    def decoder(buffer: Buffer, pos: int) -> tuple[Any, int]:
        _check(buffer, pos + width)
        return make(bytes(buffer[pos : pos + width])), pos + width

    return decoder


def _sized8(make: Callable[[bytes], Any]) -> _Decoder:
    def decoder(buffer: Buffer, pos: int) -> tuple[Any, int]:
        end = pos + 1 + buffer[pos]
        if end > len(buffer):
            raise DecodeError("a value ends behind its frame")
        return make(bytes(buffer[pos + 1 : end])), end

    return decoder


def _sized32(make: Callable[[bytes], Any]) -> _Decoder:
    def decoder(buffer: Buffer, pos: int) -> tuple[Any, int]:
        end = pos + 4 + _U32(buffer, pos)[0]
        if end > len(buffer):
            raise DecodeError("a value ends behind its frame")
        return make(bytes(buffer[pos + 4 : end])), end

    return decoder


def _items(buffer: Buffer, pos: int, end: int, count: int) -> tuple[list[Any], int]:
    _check(buffer, end, count)
    values = []
    for _ in range(count):
        value, pos = _DECODERS[buffer[pos]](buffer, pos + 1)
        values.append(value)
    if pos != end:
        raise DecodeError("a list's or map's items do not fill its size")
    return values, end


def _list8(buffer: Buffer, pos: int) -> tuple[list[Any], int]:
    return _items(buffer, pos + 2, pos + 1 + buffer[pos], buffer[pos + 1])


def _list32(buffer: Buffer, pos: int) -> tuple[list[Any], int]:
    return _items(buffer, pos + 8, pos + 4 + _U32(buffer, pos)[0], _U32(buffer, pos + 4)[0])


def _pairs(values: list[Any], end: int) -> tuple[dict[Any, Any], int]:
    if len(values) % 2:
        raise DecodeError("a map with a key that has no value")
    return dict(zip(values[::2], values[1::2], strict=True)), end


def _map8(buffer: Buffer, pos: int) -> tuple[dict[Any, Any], int]:
    return _pairs(*_list8(buffer, pos))


def _map32(buffer: Buffer, pos: int) -> tuple[dict[Any, Any], int]:
    return _pairs(*_list32(buffer, pos))


def _array(buffer: Buffer, pos: int, end: int, count: int) -> tuple[list[Any], int]:
    _check(buffer, end, count)
    if count == 0:
        return [], end
    code, pos = buffer[pos], pos + 1
    if code == 0:
        _, pos = decode(buffer, pos)
        code, pos = buffer[pos], pos + 1
    values = []
    for _ in range(count):
        value, pos = _DECODERS[code](buffer, pos)
        values.append(value)
    if pos != end:
        raise DecodeError("an array's items do not fill its size")
    return values, end


def _array8(buffer: Buffer, pos: int) -> tuple[list[Any], int]:
    return _array(buffer, pos + 2, pos + 1 + buffer[pos], buffer[pos + 1])


def _array32(buffer: Buffer, pos: int) -> tuple[list[Any], int]:
    return _array(buffer, pos + 8, pos + 4 + _U32(buffer, pos)[0], _U32(buffer, pos + 4)[0])


def _described(buffer: Buffer, pos: int) -> tuple[Described, int]:
    descriptor, pos = _DECODERS[buffer[pos]](buffer, pos + 1)
    value, pos = _DECODERS[buffer[pos]](buffer, pos + 1)
    return Described(descriptor, value), pos


def _text(raw: bytes) -> str:
    return raw.decode()


def _symbol(raw: bytes) -> Symbol:
    return Symbol(raw.decode("ascii"))


def _uuid(raw: bytes) -> UUID:
    return UUID(bytes=raw)


def _unknown(buffer: Buffer, pos: int) -> tuple[Any, int]:
    raise DecodeError(f"unknown constructor 0x{buffer[pos - 1]:02x}")


_DECODERS: Final[list[_Decoder]] = [_unknown] * 256
for _code, _decoder in {
    0x00: _described,
    0x40: _constant(None),
    0x41: _constant(True),
    0x42: _constant(False),
    0x43: _constant(0),
    0x44: _constant(0),
    0x45: lambda _buffer, pos: ([], pos),
    0x50: _ubyte,
    0x51: _byte,
    0x52: _ubyte,
    0x53: _ubyte,
    0x54: _byte,
    0x55: _byte,
    0x56: _boolean,
    0x60: _number(_U16, 2),
    0x61: _number(_I16, 2),
    0x70: _number(_U32, 4),
    0x71: _number(_I32, 4),
    0x72: _number(_F32, 4),
    0x73: _char,
    0x74: _fixed(4, decode_decimal32),
    0x80: _number(_U64, 8),
    0x81: _number(_I64, 8),
    0x82: _number(_F64, 8),
    0x83: _timestamp,
    0x84: _fixed(8, decode_decimal64),
    0x94: _fixed(16, decode_decimal128),
    0x98: _fixed(16, _uuid),
    0xA0: _sized8(bytes),
    0xA1: _sized8(_text),
    0xA3: _sized8(_symbol),
    0xB0: _sized32(bytes),
    0xB1: _sized32(_text),
    0xB3: _sized32(_symbol),
    0xC0: _list8,
    0xC1: _map8,
    0xD0: _list32,
    0xD1: _map32,
    0xE0: _array8,
    0xF0: _array32,
}.items():
    _DECODERS[_code] = _decoder
