"""Requests and replies over a pair of links, as `$cbs` and `$management` use them."""

from dataclasses import dataclass
from typing import Any, Final

from sandbox.servicebus.amqp import message as sections
from sandbox.servicebus.amqp.decode import decode
from sandbox.servicebus.amqp.encode import NULL, encode, performative
from sandbox.servicebus.amqp.errors import RESOURCE_LIMIT, AmqpError
from sandbox.servicebus.amqp.link import Delivery, SendingLink
from sandbox.servicebus.amqp.performatives import read_terminus

_REPLY_TO: Final = 4
_CORRELATION: Final = 5
_MAX_WAITING: Final = 1000


@dataclass(frozen=True)
class Request:
    """A request.

    Attributes:
        message_id: Its id, encoded: the reply carries it with the same type.
        reply_to: Where the answer goes, None where it is not said.
        properties: Its application properties.
        body: Its amqp-value.
    """

    message_id: bytes
    reply_to: str | None
    properties: dict[str, Any]
    body: Any


def read_request(delivery: Delivery) -> Request:
    """Reads a request.

    Raises:
        AmqpError: It is no message.
    """
    bare = sections.split(delivery.payload).bare
    fields = sections.properties(bare)
    fields += [NULL] * (_CORRELATION - len(fields))
    _, _, items = sections.application_properties(bare)
    properties = {
        str(decode(key, 0)[0]): decode(value, 0)[0]
        for key, value in zip(items[::2], items[1::2], strict=False)
    }
    reply_to = decode(fields[_REPLY_TO], 0)[0]
    return Request(
        fields[0],
        reply_to if isinstance(reply_to, str) else None,
        properties,
        sections.body_value(bare),
    )


def encode_reply(request: Request, properties: dict[str, Any], body: Any = None) -> bytes:
    """Encodes a reply."""
    fields = [NULL] * _CORRELATION + [request.message_id]
    return b"".join(
        (
            performative(sections.PROPERTIES, fields),
            b"\x00\x53\x74",
            encode(properties),
            b"\x00\x53\x77",
            encode(body),
        )
    )


class Replies:
    """The reply links of one node, and the replies that wait for credit."""

    def __init__(self) -> None:
        self._links: list[SendingLink] = []
        self._waiting: list[tuple[SendingLink, bytes]] = []
        self._number = 0

    def add(self, link: SendingLink) -> None:
        """A client listens for replies."""
        self._links.append(link)
        link.on_credit = self._send
        link.on_closed = lambda: self._links.remove(link)

    def send(self, request: Request, near: object, reply: bytes) -> None:
        """Sends a reply to where the request says, or else over the same session."""
        link = self._find(request.reply_to, near)
        if link is not None:
            if len(self._waiting) >= _MAX_WAITING:
                raise AmqpError(
                    RESOURCE_LIMIT, f"{_MAX_WAITING} replies wait for credit on the reply link"
                )
            self._waiting.append((link, reply))
            self._send()

    def _find(self, reply_to: str | None, near: object) -> SendingLink | None:
        here = [link for link in self._links if link.session is near] or self._links
        for link in reversed(here):
            if reply_to is not None and reply_to in (link.name, _target(link)):
                return link
        return here[-1] if here else None

    def _send(self) -> None:
        later = []
        for link, reply in self._waiting:
            if link.closed:
                continue
            if not link.ready():
                later.append((link, reply))
                continue
            link.reserve()
            self._number += 1
            link.send(reply, self._number.to_bytes(8, "big"))
        self._waiting = later


def _target(link: SendingLink) -> str | None:
    terminus = read_terminus(link.attach.target, source=False)
    return terminus.address if terminus is not None else None
