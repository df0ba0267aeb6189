"""The performatives of AMQP 1.0 part 2 and the outcomes of part 3, as a broker needs them.

Incoming ones are decoded into small tuples here; outgoing ones are in frames.py. Terminus fields
keep their bytes, so that an attach can be answered with exactly what was sent.
"""

from typing import Any, Final, NamedTuple

from sandbox.servicebus.amqp.decode import decode, raw_items
from sandbox.servicebus.amqp.encode import NULL
from sandbox.servicebus.amqp.errors import NOT_IMPLEMENTED, AmqpError, DecodeError

OPEN: Final = 0x10
BEGIN: Final = 0x11
ATTACH: Final = 0x12
FLOW: Final = 0x13
TRANSFER: Final = 0x14
DISPOSITION: Final = 0x15
DETACH: Final = 0x16
END: Final = 0x17
CLOSE: Final = 0x18
SASL_MECHANISMS: Final = 0x40
SASL_INIT: Final = 0x41
SASL_OUTCOME: Final = 0x44

RECEIVED: Final = 0x23
ACCEPTED: Final = 0x24
REJECTED: Final = 0x25
RELEASED: Final = 0x26
MODIFIED: Final = 0x27

COORDINATOR: Final = 0x30


class Open(NamedTuple):
    """The peer's open."""

    container: str
    max_frame_size: int
    idle_timeout: int | None


class Begin(NamedTuple):
    """The peer's begin."""

    next_outgoing_id: int
    incoming_window: int


class Attach(NamedTuple):
    """The peer's attach; `source` and `target` as sent, null included."""

    name: str
    handle: int
    receiver: bool
    send_settle_mode: int
    receive_settle_mode: int
    source: bytes
    target: bytes
    initial_delivery_count: int
    properties: dict[str, Any]


class Flow(NamedTuple):
    """The peer's flow; `handle` is None for a session's."""

    next_incoming_id: int | None
    incoming_window: int
    next_outgoing_id: int
    handle: int | None
    delivery_count: int | None
    credit: int | None
    drain: bool
    echo: bool


class Transfer(NamedTuple):
    """The peer's transfer; the payload begins at `payload` in the frame."""

    handle: int
    delivery_id: int | None
    message_format: int
    settled: bool
    more: bool
    aborted: bool
    payload: int


class Disposition(NamedTuple):
    """The peer's disposition over the deliveries first..last."""

    receiver: bool
    first: int
    last: int
    settled: bool
    outcome: int | None
    state: list[Any]


class Detach(NamedTuple):
    """The peer's detach."""

    handle: int
    closed: bool


class Terminus(NamedTuple):
    """What a source or target says that the broker looks at."""

    address: str | None
    dynamic: bool
    filters: dict[str, Any] | None


def frame_code(frame: bytes, pos: int) -> tuple[int, int]:
    """Reads the descriptor of a performative and returns it with the position of its list.

    Raises:
        DecodeError: There is no described list.
    """
    if frame[pos : pos + 2] == b"\x00\x53" and len(frame) > pos + 3:
        return frame[pos + 2], pos + 3
    if frame[pos : pos + 1] != b"\x00":
        raise DecodeError("a frame body without a descriptor")
    code, after = decode(frame, pos + 1)
    if not isinstance(code, int):
        raise DecodeError(f"unknown performative {code!r}")
    return code, after


def fields(frame: bytes, pos: int) -> tuple[list[Any], int]:
    """Decodes the list of a performative."""
    values, after = decode(frame, pos)
    if not isinstance(values, list):
        raise DecodeError("a performative that is no list")
    return values, after


def read_open(values: list[Any]) -> Open:
    """Reads the fields of an open."""
    size = _uint(values, 2, "max-frame-size", 0xFFFFFFFF)
    return Open(_text(values, 0, "container-id"), size, _optional_uint(values, 4, "idle-time-out"))


def read_begin(values: list[Any]) -> Begin:
    """Reads the fields of a begin."""
    return Begin(_uint(values, 1, "next-outgoing-id"), _uint(values, 2, "incoming-window"))


def read_attach(frame: bytes, pos: int) -> Attach:
    """Reads an attach from its list."""
    raw, _ = raw_items(frame, pos)
    raw += [NULL] * (14 - len(raw))
    values: list[Any] = [None if 5 <= i <= 6 else decode(item, 0)[0] for i, item in enumerate(raw)]
    properties = values[13] or {}
    if not isinstance(properties, dict):
        raise DecodeError("attach: properties are no map")
    return Attach(
        _text(values, 0, "name"),
        _uint(values, 1, "handle"),
        _bool(values, 2),
        _uint(values, 3, "snd-settle-mode", 2),
        _uint(values, 4, "rcv-settle-mode", 0),
        raw[5],
        raw[6],
        _uint(values, 9, "initial-delivery-count", 0),
        properties,
    )


def read_flow(values: list[Any]) -> Flow:
    """Reads the fields of a flow."""
    return Flow(
        _optional_uint(values, 0, "next-incoming-id"),
        _uint(values, 1, "incoming-window"),
        _uint(values, 2, "next-outgoing-id"),
        _optional_uint(values, 4, "handle"),
        _optional_uint(values, 5, "delivery-count"),
        _optional_uint(values, 6, "link-credit"),
        _bool(values, 8),
        _bool(values, 9),
    )


def read_transfer(frame: bytes, pos: int) -> Transfer:
    """Reads a transfer from its list."""
    values, after = fields(frame, pos)
    return Transfer(
        _uint(values, 0, "handle"),
        _optional_uint(values, 1, "delivery-id"),
        _uint(values, 3, "message-format", 0),
        _bool(values, 4),
        _bool(values, 5),
        _bool(values, 9),
        after,
    )


def read_disposition(values: list[Any]) -> Disposition:
    """Reads the fields of a disposition."""
    first = _uint(values, 1, "first")
    state = values[4] if len(values) > 4 else None
    outcome: int | None = None
    inner: list[Any] = []
    if state is not None:
        try:
            outcome, inner = state.descriptor, state.value
        except AttributeError as error:
            raise DecodeError("disposition: the state is no described value") from error
        if not isinstance(outcome, int) or not isinstance(inner, list):
            raise DecodeError(f"disposition: unknown delivery state {outcome!r}")
    return Disposition(
        _bool(values, 0), first, _uint(values, 2, "last", first), _bool(values, 3), outcome, inner
    )


def read_detach(values: list[Any]) -> Detach:
    """Reads the fields of a detach."""
    return Detach(_uint(values, 0, "handle"), _bool(values, 1))


def read_terminus(raw: bytes, *, source: bool) -> Terminus | None:
    """Reads a source (filters in field 7) or a target; None for null.

    Raises:
        DecodeError: It is neither null nor a described list.
    """
    if raw == NULL:
        return None
    try:
        descriptor, values = decode(raw, 0)[0]
    except (TypeError, ValueError) as error:
        raise DecodeError("attach: a terminus that is no described list") from error
    if descriptor == COORDINATOR:
        raise AmqpError(NOT_IMPLEMENTED, "there are no transactions here")
    if not isinstance(values, list):
        raise DecodeError("attach: a terminus that is no described list")
    address = values[0] if values else None
    filters = values[7] if source and len(values) > 7 else None
    if address is not None and not isinstance(address, str):
        raise DecodeError("attach: the address of a terminus is no text")
    if filters is not None and not isinstance(filters, dict):
        raise DecodeError("attach: the filters of a source are no map")
    return Terminus(address, _bool(values, 4), filters)


def _text(values: list[Any], index: int, name: str) -> str:
    value = values[index] if index < len(values) else None
    if not isinstance(value, str):
        raise DecodeError(f"{name} is missing or no text")
    return value


def _optional_uint(values: list[Any], index: int, name: str) -> int | None:
    value = values[index] if index < len(values) else None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 0xFFFFFFFF:
        raise DecodeError(f"{name} is no unsigned integer")
    return value


def _uint(values: list[Any], index: int, name: str, default: int | None = None) -> int:
    value = _optional_uint(values, index, name)
    if value is None:
        if default is None:
            raise DecodeError(f"{name} is missing")
        return default
    return value


def _bool(values: list[Any], index: int) -> bool:
    return index < len(values) and values[index] is True
