"""Links: one direction each, between a client and a node of ours."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from sandbox.servicebus.amqp.errors import (
    MESSAGE_LOCK_LOST,
    MESSAGE_TOO_BIG,
    NOT_IMPLEMENTED,
    AmqpError,
    DecodeError,
)
from sandbox.servicebus.amqp.frames import (
    ACCEPTED_STATE,
    rejected_state,
    transfer_frame,
)
from sandbox.servicebus.amqp.performatives import (
    Attach,
    Disposition,
    Flow,
    Transfer,
)

if TYPE_CHECKING:
    from sandbox.servicebus.amqp.session import Session

MAX_MESSAGE: Final = 262144
"""Bytes of one message on the standard tier (Service Bus quotas)."""
CREDIT: Final = 1000
MAX_UNSETTLED: Final = 5000
"""Deliveries that one link may hold unsettled: it bounds what a client costs that never settles."""


class Delivery:
    """A message that came in, to be answered once."""

    __slots__ = ("delivery_id", "link", "message_format", "payload", "settled")

    def __init__(
        self, link: "ReceivingLink", delivery_id: int, message_format: int, *, settled: bool
    ) -> None:
        self.link = link
        self.delivery_id = delivery_id
        self.message_format = message_format
        self.settled = settled
        self.payload = b""

    def accept(self) -> None:
        """Tells the client that the message is taken."""
        if not self.settled:
            self.link.session.settle(self.delivery_id, ACCEPTED_STATE, receiver=True)

    def reject(self, error: AmqpError) -> None:
        """Tells the client that the message is refused, and why."""
        if not self.settled:
            state = rejected_state(error.condition, error.description)
            self.link.session.settle(self.delivery_id, state, receiver=True)

    def answer(self, error: Exception | None) -> None:
        """Accepts or, with an error, rejects."""
        if error is None:
            self.accept()
        elif isinstance(error, AmqpError):
            self.reject(error)
        else:
            raise error


class Link:
    """What both directions have in common."""

    def __init__(self, session: "Session", attach: Attach) -> None:
        self.session = session
        self.attach = attach
        self.handle = attach.handle
        self.name = attach.name
        self.attached = False
        self.closed = False
        self.needs: tuple[str, str] | None = None
        self.on_closed: Callable[[], None] = _nothing

    def end(self, condition: str, description: str) -> None:
        """Detaches with an error."""
        if not self.closed:
            self.session.detach(self, (condition, description))

    def close(self) -> None:
        """The link is gone, by whichever side."""
        if not self.closed:
            self.closed = True
            self.on_closed()

    def flow(self, flow: Flow) -> None:
        """The client said something about credit."""

    def transfer(self, transfer: Transfer, payload: bytes) -> None:
        """A frame of a message."""
        raise DecodeError("a transfer on a link where the client receives")


class ReceivingLink(Link):
    """A link on which the client sends to us."""

    def __init__(self, session: "Session", attach: Attach) -> None:
        super().__init__(session, attach)
        self.on_message: Callable[[Delivery], None] = _drop
        self._count = attach.initial_delivery_count
        self._credit = 0
        self._partial: bytearray | None = None
        self._delivery: Delivery | None = None
        self._too_big = False

    def grant(self) -> None:
        """Gives credit ahead, so that no sender has to wait for it."""
        self._credit = CREDIT
        self.session.send_flow((self.handle, self._count & 0xFFFFFFFF, self._credit))

    def transfer(self, transfer: Transfer, payload: bytes) -> None:
        """Takes a frame; the last one of a message hands it on."""
        delivery = self._delivery
        if delivery is None:
            if transfer.delivery_id is None:
                raise DecodeError("transfer: the first frame of a delivery has no delivery-id")
            delivery = Delivery(
                self, transfer.delivery_id, transfer.message_format, settled=transfer.settled
            )
            self._delivery = delivery
        if transfer.aborted:
            self._finish()
            return
        if transfer.more:
            self._gather(payload)
            return
        if self._partial is not None:
            self._gather(payload)
            payload = bytes(self._partial)
        too_big = self._too_big or len(payload) > MAX_MESSAGE
        delivery.settled = delivery.settled or transfer.settled
        delivery.payload = payload
        self._finish()
        if too_big:
            delivery.reject(
                AmqpError(MESSAGE_TOO_BIG, f"a message or batch may have {MAX_MESSAGE} bytes")
            )
            return
        try:
            self.on_message(delivery)
        except AmqpError as error:
            delivery.reject(error)

    def _gather(self, payload: bytes) -> None:
        if self._partial is None:
            self._partial = bytearray()
        if len(self._partial) + len(payload) > MAX_MESSAGE:
            self._too_big = True
        else:
            self._partial += payload

    def _finish(self) -> None:
        self._delivery, self._partial, self._too_big = None, None, False
        self._count += 1
        self._credit -= 1
        if self._credit <= CREDIT // 2:
            self.grant()


class SendingLink(Link):
    """A link on which the client receives from us."""

    def __init__(self, session: "Session", attach: Attach) -> None:
        super().__init__(session, attach)
        self.credit = 0
        self.presettled = attach.send_settle_mode == 1
        self.on_credit: Callable[[], None] = _nothing
        self.on_drain: Callable[[], None] = _nothing
        self.on_outcome: Callable[[Any, Disposition, int], None] = _ignore
        self.consumer: Any = None
        self.unsettled: dict[int, Any] = {}
        self._count = 0

    def ready(self) -> bool:
        """Whether a message can go out now."""
        return (
            self.credit > 0
            and self.attached
            and not self.closed
            and len(self.unsettled) < MAX_UNSETTLED
            and self.session.writable()
        )

    def reserve(self) -> None:
        """Uses one credit for a message that follows."""
        self.credit -= 1
        self._count += 1

    def send(self, payload: bytes, tag: bytes, context: Any = None) -> int:
        """Sends a message for which a credit was reserved.

        Args:
            payload: The encoded message.
            tag: The delivery tag.
            context: What to settle by; None sends it settled.

        Returns:
            The delivery id.
        """
        settled = context is None
        delivery_id = self.session.take_delivery_id()
        room = self.session.max_payload
        if context is not None:
            self.unsettled[delivery_id] = context
            self.session.deliveries[delivery_id] = self
        start, end = 0, len(payload)
        while end - start > room:
            head = transfer_frame(self.handle, delivery_id, tag, settled=settled, more=True)
            self.session.send_transfer(head + payload[start : start + room])
            start += room
        head = transfer_frame(self.handle, delivery_id, tag, settled=settled)
        self.session.send_transfer(head + (payload[start:] if start else payload))
        return delivery_id

    def flow(self, flow: Flow) -> None:
        """Sets the credit, counted from what the client had seen; answers a drain."""
        if flow.credit is not None:
            seen = flow.delivery_count if flow.delivery_count is not None else 0
            self.credit = max(
                0, (seen + flow.credit - self._count + 0x80000000) % 2**32 - 0x80000000
            )
            if flow.credit > 0x7FFFFFFF:
                self.credit = flow.credit
        if not flow.drain:
            self.on_credit()
        else:
            self.on_drain()
            self._count += self.credit
            self.credit = 0
        if flow.drain or flow.echo:
            self.session.send_flow(
                (self.handle, self._count & 0xFFFFFFFF, self.credit), drain=flow.drain
            )

    def outcome(self, delivery_id: int, disposition: Disposition) -> None:
        """The client decided about a delivery."""
        context = self.unsettled.get(delivery_id)
        if context is None:
            return
        self.on_outcome(context, disposition, delivery_id)

    def done(self, delivery_id: int) -> None:
        """A delivery is settled."""
        self.unsettled.pop(delivery_id, None)
        self.session.deliveries.pop(delivery_id, None)

    def close(self) -> None:
        """Forgets what was out."""
        for delivery_id in self.unsettled:
            self.session.deliveries.pop(delivery_id, None)
        self.unsettled.clear()
        super().close()


LOCK_LOST_STATE: Final = rejected_state(
    MESSAGE_LOCK_LOST, "the lock on the message was lost; it will be delivered again"
)


def _nothing() -> None:
    return


def _drop(delivery: Delivery) -> None:
    delivery.reject(AmqpError(NOT_IMPLEMENTED, "nothing takes messages here"))


def _ignore(context: Any, disposition: Disposition, delivery_id: int) -> None:
    return
