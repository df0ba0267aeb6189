"""AMQP primitive types that Python has no type of its own for."""

from dataclasses import dataclass
from typing import Any, NamedTuple


class Symbol(str):
    """An AMQP symbol: ASCII text that names something in the protocol."""

    __slots__ = ()


class UByte(int):
    """8 bits, unsigned."""


class UShort(int):
    """16 bits, unsigned."""


class UInt(int):
    """32 bits, unsigned."""


class ULong(int):
    """64 bits, unsigned."""


class Int(int):
    """32 bits, signed."""


class Long(int):
    """64 bits, signed."""


class Timestamp(int):
    """Milliseconds since 1970-01-01T00:00:00Z."""


class Raw(bytes):
    """A value that is encoded already and goes out as it stands."""

    __slots__ = ()


class Described(NamedTuple):
    """A value with a descriptor in front."""

    descriptor: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Array:
    """An AMQP array of one primitive type, which must have fixed or 32-bit-sized elements."""

    items: list[Any]
