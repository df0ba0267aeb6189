"""Our own frames: performatives and outcomes as bytes."""

from typing import Any, Final

from sandbox.servicebus.amqp.decode import raw_items, skip
from sandbox.servicebus.amqp.encode import (
    FALSE,
    NULL,
    TRUE,
    binary,
    encode,
    performative,
    string,
    symbol,
    uint,
)
from sandbox.servicebus.amqp.performatives import (
    ATTACH,
    BEGIN,
    CLOSE,
    DETACH,
    DISPOSITION,
    END,
    FLOW,
    OPEN,
    REJECTED,
    TRANSFER,
    Attach,
)
from sandbox.servicebus.amqp.types import Symbol

ACCEPTED_STATE: Final = b"\x00\x53\x24\x45"
RELEASED_STATE: Final = b"\x00\x53\x26\x45"
REJECTED_STATE: Final = b"\x00\x53\x25\x45"


def with_filters(source: bytes, filters: dict[Symbol, Any]) -> bytes:
    """Returns the source with other filters."""
    return _with_item(source, 7, encode(filters))


def with_address(terminus: bytes, address: str) -> bytes:
    """Returns the source or target with another address."""
    return _with_item(terminus, 0, string(address))


def _with_item(terminus: bytes, index: int, item: bytes) -> bytes:
    start = skip(terminus, 1)
    items, _ = raw_items(terminus, start)
    items += [NULL] * (index + 1 - len(items))
    items[index] = item
    return performative(terminus[start - 1], items)


def open_frame(container: str, max_frame_size: int, idle_timeout_ms: int) -> bytes:
    """Our open."""
    items = [string(container), NULL, uint(max_frame_size), b"\x60\x0f\xff", uint(idle_timeout_ms)]
    return performative(OPEN, items)


def begin_frame(channel: int, next_outgoing_id: int, window: int) -> bytes:
    """Our begin, an answer to the peer's on `channel`."""
    remote = b"\x60" + channel.to_bytes(2, "big")
    items = [remote, uint(next_outgoing_id), uint(window), uint(window), uint(255)]
    return performative(BEGIN, items)


def attach_frame(
    attach: Attach,
    handle: int,
    *,
    source: bytes,
    target: bytes,
    max_message_size: int | None = None,
    properties: dict[Symbol, Any] | None = None,
) -> bytes:
    """Our attach, the answer to the peer's `attach`."""
    sender = attach.receiver
    items = [
        string(attach.name),
        uint(handle),
        FALSE if sender else TRUE,
        bytes((0x50, attach.send_settle_mode)),
        bytes((0x50, attach.receive_settle_mode)),
        source,
        target,
        NULL,
        NULL,
        uint(0) if sender else NULL,
        NULL if max_message_size is None else b"\x80" + max_message_size.to_bytes(8, "big"),
        NULL,
        NULL,
        NULL if properties is None else encode(properties),
    ]
    return performative(ATTACH, items)


def flow_frame(
    session: tuple[int, int, int, int],
    link: tuple[int, int, int] | None = None,
    *,
    drain: bool = False,
) -> bytes:
    """Our flow.

    Args:
        session: next-incoming-id, incoming-window, next-outgoing-id, outgoing-window.
        link: handle, delivery-count, link-credit.
        drain: Whether this answers a drain.
    """
    items = [uint(number) for number in session]
    if link is not None:
        items += [uint(number) for number in link]
        items += [NULL, TRUE if drain else FALSE]
    return performative(FLOW, items)


def disposition_frame(*, receiver: bool, first: int, last: int, state: bytes) -> bytes:
    """Our disposition, always settled."""
    items = [TRUE if receiver else FALSE, uint(first), uint(last), TRUE, state]
    return performative(DISPOSITION, items)


def rejected_state(condition: str, description: str) -> bytes:
    """A rejected outcome with an error."""
    return performative(REJECTED, [error(condition, description)])


def error(condition: str, description: str) -> bytes:
    """An error with all three fields: some clients index the third."""
    info = encode({Symbol("origin"): "souk-servicebus"})
    return performative(0x1D, [symbol(condition), string(description), info])


def detach_frame(handle: int, *, closed: bool, failure: tuple[str, str] | None = None) -> bytes:
    """Our detach."""
    items = [uint(handle), TRUE if closed else FALSE, error(*failure) if failure else NULL]
    return performative(DETACH, items)


def end_frame(failure: tuple[str, str] | None = None) -> bytes:
    """Our end."""
    return performative(END, [error(*failure) if failure else NULL])


def close_frame(failure: tuple[str, str] | None = None) -> bytes:
    """Our close."""
    return performative(CLOSE, [error(*failure) if failure else NULL])


def transfer_frame(
    handle: int,
    delivery_id: int,
    tag: bytes,
    *,
    settled: bool,
    more: bool = False,
) -> bytes:
    """A transfer without its payload."""
    items = [uint(handle), uint(delivery_id), binary(tag), b"\x43", TRUE if settled else FALSE]
    if more:
        items.append(TRUE)
    return performative(TRANSFER, items)
