"""AMQP sessions: windows, delivery ids, and the links of a connection's channel."""

from typing import TYPE_CHECKING, Any, Final, Protocol

from sandbox.servicebus.amqp import frames
from sandbox.servicebus.amqp import performatives as wire
from sandbox.servicebus.amqp.encode import NULL
from sandbox.servicebus.amqp.errors import (
    HANDLE_IN_USE,
    INVALID_FIELD,
    UNATTACHED_HANDLE,
    AmqpError,
)
from sandbox.servicebus.amqp.link import LOCK_LOST_STATE, Link, ReceivingLink, SendingLink
from sandbox.servicebus.amqp.types import Symbol

if TYPE_CHECKING:
    from sandbox.servicebus.amqp.connection import Connection

WINDOW: Final = 0x7FFFFFFF
MAX_HANDLE: Final = 255
FIRST_TRANSFER: Final = 1
FIRST_DELIVERY: Final = 1 << 30
"""Far from the ids that clients give their own deliveries: azure-servicebus 7.15's sender links
look at dispositions of either direction."""
_TRANSFER_HEAD: Final = 64


class Nodes(Protocol):
    """Where links lead to."""

    def attach_sender(self, link: ReceivingLink, address: str) -> None:
        """A client wants to send; answers by the session's `accept` or raises AmqpError."""

    def attach_receiver(self, link: SendingLink, source: wire.Terminus) -> None:
        """A client wants to receive; answers by the session's `accept` or raises AmqpError."""


class Session:
    """One session of a connection."""

    def __init__(self, connection: "Connection", channel: int, begin: wire.Begin, nodes: Nodes):
        self.connection = connection
        self.channel = channel
        self._nodes = nodes
        self._links: dict[int, Link] = {}
        self.deliveries: dict[int, SendingLink] = {}
        self._next_delivery = FIRST_DELIVERY
        self._next_outgoing = FIRST_TRANSFER
        self._next_incoming = begin.next_outgoing_id
        self._window = begin.incoming_window
        self._settling: tuple[bool, bytes, int, int] | None = None
        self.max_payload = connection.max_frame - _TRANSFER_HEAD

    def handle(self, code: int, frame: bytes, pos: int) -> None:
        """Takes a frame of this session."""
        if code == wire.TRANSFER:
            transfer = wire.read_transfer(frame, pos)
            self._next_incoming = (self._next_incoming + 1) & 0xFFFFFFFF
            self._link(transfer.handle).transfer(transfer, frame[transfer.payload :])
        elif code == wire.DISPOSITION:
            self._disposition(wire.read_disposition(wire.fields(frame, pos)[0]))
        elif code == wire.FLOW:
            self._flow(wire.read_flow(wire.fields(frame, pos)[0]))
        elif code == wire.ATTACH:
            self._attach(wire.read_attach(frame, pos))
        else:
            self._detach(wire.read_detach(wire.fields(frame, pos)[0]))

    def writable(self) -> bool:
        """Whether the client takes more transfers."""
        return self._window > 0 and self.connection.writable()

    def take_delivery_id(self) -> int:
        """Returns the next delivery id."""
        delivery_id = self._next_delivery
        self._next_delivery = (delivery_id + 1) & 0xFFFFFFFF
        return delivery_id

    def send_transfer(self, body: bytes) -> None:
        """Sends one transfer frame."""
        self._next_outgoing = (self._next_outgoing + 1) & 0xFFFFFFFF
        self._window -= 1
        self.connection.send(self.channel, body)

    def send_flow(self, link: tuple[int, int, int] | None = None, *, drain: bool = False) -> None:
        """Sends a flow for the session or one of its links."""
        numbers = (self._next_incoming, WINDOW, self._next_outgoing, WINDOW)
        self.connection.send(self.channel, frames.flow_frame(numbers, link, drain=drain))

    def settle(self, delivery_id: int, state: bytes, *, receiver: bool) -> None:
        """Settles a delivery; neighbours with the same outcome go out as one frame.

        Args:
            delivery_id: Which.
            state: The encoded outcome.
            receiver: Whether it is one that the client sent.
        """
        pending = self._settling
        if (
            pending is not None
            and pending[0] is receiver
            and pending[3] + 1 == delivery_id
            and pending[1] == state
        ):
            self._settling = (receiver, state, pending[2], delivery_id)
            return
        self.flush()
        self._settling = (receiver, state, delivery_id, delivery_id)
        self.connection.want_flush(self)

    def flush(self) -> None:
        """Sends the settlement that waits for neighbours."""
        if self._settling is not None:
            receiver, state, first, last = self._settling
            self._settling = None
            frame = frames.disposition_frame(receiver=receiver, first=first, last=last, state=state)
            self.connection.send(self.channel, frame)

    def accept(
        self,
        link: Link,
        *,
        source: bytes | None = None,
        properties: dict[Symbol, Any] | None = None,
        max_message_size: int | None = None,
    ) -> None:
        """Answers an attach: the link is open."""
        if link.closed:
            return
        attach = link.attach
        link.attached = True
        self.connection.send(
            self.channel,
            frames.attach_frame(
                attach,
                link.handle,
                source=source or attach.source,
                target=attach.target,
                max_message_size=max_message_size,
                properties=properties,
            ),
        )

    def refuse(self, link: Link, error: AmqpError) -> None:
        """Answers an attach: attached to nothing, and detached with the error (part 2.6.3)."""
        if link.closed:
            return
        self.connection.send(
            self.channel, frames.attach_frame(link.attach, link.handle, source=NULL, target=NULL)
        )
        self.detach(link, (error.condition, error.description))

    def detach(self, link: Link, failure: tuple[str, str]) -> None:
        """Closes a link with an error."""
        self.flush()
        self.connection.send(
            self.channel, frames.detach_frame(link.handle, closed=True, failure=failure)
        )
        link.close()

    def close(self) -> None:
        """The session is gone."""
        for link in list(self._links.values()):
            link.close()
        self._links.clear()

    def wake(self) -> None:
        """The client takes more: lets the links send."""
        for link in list(self._links.values()):
            if isinstance(link, SendingLink) and link.credit > 0:
                link.on_credit()

    def links(self) -> list[Link]:
        """The links that are attached."""
        return [link for link in self._links.values() if link.attached and not link.closed]

    def _link(self, handle: int) -> Link:
        link = self._links.get(handle)
        if link is None:
            raise AmqpError(UNATTACHED_HANDLE, f"no link is attached to handle {handle}")
        return link if not link.closed else _Gone(self, link.attach)

    def _attach(self, attach: wire.Attach) -> None:
        old = self._links.get(attach.handle)
        if old is not None and not old.closed:
            raise AmqpError(HANDLE_IN_USE, f"handle {attach.handle} is attached already")
        if attach.handle > MAX_HANDLE:
            raise AmqpError(INVALID_FIELD, f"handles go up to {MAX_HANDLE}")
        link: SendingLink | ReceivingLink
        link = SendingLink(self, attach) if attach.receiver else ReceivingLink(self, attach)
        self._links[attach.handle] = link
        try:
            if isinstance(link, SendingLink):
                source = wire.read_terminus(attach.source, source=True)
                if source is None or source.address is None:
                    raise AmqpError(INVALID_FIELD, "attach: the source has no address")
                self._nodes.attach_receiver(link, source)
            else:
                target = wire.read_terminus(attach.target, source=False)
                if target is None or target.address is None:
                    raise AmqpError(INVALID_FIELD, "attach: the target has no address")
                self._nodes.attach_sender(link, target.address)
                if link.attached and not link.closed:
                    link.grant()
        except AmqpError as error:
            self.refuse(link, error)

    def _detach(self, detach: wire.Detach) -> None:
        link = self._links.pop(detach.handle, None)
        if link is None:
            raise AmqpError(UNATTACHED_HANDLE, f"no link is attached to handle {detach.handle}")
        if not link.closed:
            self.flush()
            self.connection.send(
                self.channel, frames.detach_frame(link.handle, closed=detach.closed)
            )
            link.close()

    def _flow(self, flow: wire.Flow) -> None:
        seen = flow.next_incoming_id if flow.next_incoming_id is not None else FIRST_TRANSFER
        in_flight = (self._next_outgoing - seen) & 0xFFFFFFFF
        self._window = flow.incoming_window - in_flight
        if flow.handle is not None:
            self._link(flow.handle).flow(flow)
            return
        if flow.echo:
            self.send_flow()
        self.wake()

    def _disposition(self, disposition: wire.Disposition) -> None:
        if not disposition.receiver or disposition.outcome in (None, wire.RECEIVED):
            return
        first, last = disposition.first, disposition.last
        if last - first < len(self.deliveries):
            wanted = list(range(first, last + 1))
        else:
            wanted = [number for number in self.deliveries if first <= number <= last]
        for number in wanted:
            link = self.deliveries.get(number)
            if link is not None:
                link.outcome(number, disposition)
            elif not disposition.settled and FIRST_DELIVERY <= number < self._next_delivery:
                self.settle(number, LOCK_LOST_STATE, receiver=False)


class _Gone(Link):
    """Stands for a link that we detached while frames for it were under way."""

    def transfer(self, transfer: wire.Transfer, payload: bytes) -> None:
        """Drops it."""
