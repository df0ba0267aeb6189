"""SASL: ANONYMOUS, which every Service Bus client uses before it shows its token, and PLAIN."""

from typing import Final

from sandbox.servicebus.amqp import performatives as wire
from sandbox.servicebus.amqp.encode import encode
from sandbox.servicebus.amqp.errors import NOT_IMPLEMENTED, AmqpError, DecodeError
from sandbox.servicebus.amqp.types import Array, Described, Symbol, UByte, ULong

_NAMES: Final = [Symbol("MSSBCBS"), Symbol("PLAIN"), Symbol("ANONYMOUS"), Symbol("EXTERNAL")]
MECHANISMS: Final = encode(Described(ULong(wire.SASL_MECHANISMS), [Array(_NAMES)]))
OUTCOME_OK: Final = encode(Described(ULong(wire.SASL_OUTCOME), [UByte(0)]))
OUTCOME_AUTH: Final = encode(Described(ULong(wire.SASL_OUTCOME), [UByte(1)]))


def read_init(frame: bytes) -> tuple[str, str] | None:
    """Reads a SASL init.

    Returns:
        User and password for PLAIN, None for a mechanism that proves nothing.

    Raises:
        AmqpError: It is no init, or the mechanism was not offered.
    """
    code, pos = wire.frame_code(frame, 0)
    if code != wire.SASL_INIT:
        raise DecodeError("a SASL init was expected")
    values, _ = wire.fields(frame, pos)
    mechanism = values[0] if values else None
    if mechanism not in _NAMES:
        raise AmqpError(NOT_IMPLEMENTED, f"the SASL mechanism {mechanism!r} was not offered")
    if mechanism != "PLAIN":
        return None
    response = values[1] if len(values) > 1 else None
    parts = response.split(b"\x00") if isinstance(response, bytes) else []
    if len(parts) != 3:
        raise DecodeError("SASL PLAIN without user and password")
    return parts[1].decode(errors="replace"), parts[2].decode(errors="replace")
