"""IEEE 754 decimals, binary integer significand form, as AMQP's decimal32/64/128 carry them."""

from decimal import Decimal


def decode_decimal32(raw: bytes) -> Decimal:
    """Decodes four bytes."""
    return _decode(raw, exponent_bits=8, bias=101, digits=7)


def decode_decimal64(raw: bytes) -> Decimal:
    """Decodes eight bytes."""
    return _decode(raw, exponent_bits=10, bias=398, digits=16)


def decode_decimal128(raw: bytes) -> Decimal:
    """Decodes sixteen bytes."""
    return _decode(raw, exponent_bits=14, bias=6176, digits=34)


def _decode(raw: bytes, *, exponent_bits: int, bias: int, digits: int) -> Decimal:
    bits = len(raw) * 8
    value = int.from_bytes(raw, "big")
    sign = "-" if value >> (bits - 1) else ""
    if (value >> (bits - 6)) & 0x1F == 0x1F:
        return Decimal("NaN")
    if (value >> (bits - 5)) & 0xF == 0xF:
        return Decimal(sign + "Infinity")
    mask = (1 << exponent_bits) - 1
    if (value >> (bits - 3)) & 0x3 == 0x3:
        width = bits - 3 - exponent_bits
        exponent = (value >> width) & mask
        significand = (0b100 << width) | (value & ((1 << width) - 1))
    else:
        width = bits - 1 - exponent_bits
        exponent = (value >> width) & mask
        significand = value & ((1 << width) - 1)
    if significand >= 10**digits:
        significand = 0
    return Decimal(f"{sign}{significand}E{exponent - bias}")
