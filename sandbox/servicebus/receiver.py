"""A link on which a client receives from a queue, a subscription or one of its sessions."""

from typing import Any, Final

from sandbox.servicebus.amqp.encode import encode, performative
from sandbox.servicebus.amqp.errors import NOT_ALLOWED, AmqpError
from sandbox.servicebus.amqp.frames import (
    ACCEPTED_STATE,
    REJECTED_STATE,
    RELEASED_STATE,
    rejected_state,
    with_filters,
)
from sandbox.servicebus.amqp.link import LOCK_LOST_STATE, SendingLink
from sandbox.servicebus.amqp.performatives import (
    ACCEPTED,
    MODIFIED,
    REJECTED,
    RELEASED,
    Disposition,
)
from sandbox.servicebus.amqp.types import Long, Symbol
from sandbox.servicebus.broker.locks import Lock
from sandbox.servicebus.broker.outgoing import encode_message
from sandbox.servicebus.broker.queue import Queue
from sandbox.servicebus.broker.sessions import HeldSession
from sandbox.servicebus.storage.commits import Done
from sandbox.servicebus.storage.row import Message

_FILTER: Final = Symbol("com.microsoft:session-filter")
_LOCKED_UNTIL: Final = Symbol("com.microsoft:locked-until-utc")
_TIMEOUT: Final = "com.microsoft:timeout"
_DEFAULT_WAIT: Final = 60.0
_TICKS_1970: Final = 621355968000000000
_SETTLED_TAG: Final = b"\x00" * 16
_REASON: Final = "DeadLetterReason"
_DESCRIPTION: Final = "DeadLetterErrorDescription"


class Receiver:
    """Stands between a queue and a link: a `Consumer` of the one, the other's decisions."""

    def __init__(self, queue: Queue, link: SendingLink) -> None:
        self._queue = queue
        self._link = link
        self.peek_lock = not link.presettled
        self.ready = link.ready
        self.reserve = link.reserve
        self.end = link.end
        link.consumer = self
        link.on_credit = queue.wake
        link.on_drain = queue.dispatch
        link.on_outcome = self._outcome
        link.on_closed = lambda: queue.unsubscribe(self)

    def start(self) -> None:
        """Receives from a queue without sessions."""
        if self._queue.sessions is not None:
            raise AmqpError(
                NOT_ALLOWED, f"{self._queue.name} requires sessions; accept a session to receive"
            )
        self._link.session.accept(self._link)
        self._queue.subscribe(self)

    def start_session(self, session: HeldSession) -> None:
        """Receives the messages of a session that was given to this link."""
        link = self._link
        link.session.accept(
            link,
            source=with_filters(link.attach.source, {_FILTER: session.id}),
            properties={_LOCKED_UNTIL: Long(session.until * 10_000 + _TICKS_1970)},
        )
        self._queue.subscribe(self)

    def send(self, message: Message, lock: Lock | None) -> None:
        """Sends a message to the client."""
        if self._link.closed:
            return
        if lock is None:
            self._link.send(encode_message(message), _SETTLED_TAG)
        else:
            payload = encode_message(message, lock.until)
            lock.delivery = self._link.send(payload, lock.token, lock)

    def forget(self, lock: Lock) -> None:
        """A lock is over."""
        self._link.done(lock.delivery)

    def _outcome(self, lock: Lock, disposition: Disposition, delivery_id: int) -> None:
        link = self._link
        link.done(delivery_id)
        # What was settled makes room for more.
        if link.credit:
            self._queue.wake()

        def done(error: Exception | None, state: bytes) -> None:
            if disposition.settled or link.closed:
                return
            if error is None:
                link.session.settle(delivery_id, state, receiver=False)
            elif isinstance(error, AmqpError):
                refusal = rejected_state(error.condition, error.description)
                link.session.settle(delivery_id, refusal, receiver=False)
            else:
                link.session.settle(delivery_id, LOCK_LOST_STATE, receiver=False)

        try:
            self._settle(lock, disposition, done)
        except AmqpError as error:
            done(error, b"")

    def _settle(self, lock: Lock, disposition: Disposition, done: Any) -> None:
        queue, settle = self._queue, self._queue.namespace.settle
        outcome, fields = disposition.outcome, disposition.state
        if outcome == ACCEPTED:
            settle.complete(queue, lock, lambda error: done(error, ACCEPTED_STATE))
        elif outcome == RELEASED:
            settle.release(queue, lock, lambda error: done(error, RELEASED_STATE))
        elif outcome == REJECTED:
            reason, description = _dead_letter_texts(fields)
            answer: Done = lambda error: done(error, REJECTED_STATE)  # noqa: E731
            settle.dead_letter(queue, lock, answer, reason, description, _changes(fields))
        elif outcome == MODIFIED:
            failed, elsewhere = _flag(fields, 0), _flag(fields, 1)
            state = performative(MODIFIED, [encode(failed), encode(elsewhere)])
            answer = lambda error: done(error, state)  # noqa: E731
            changes = _note_changes(fields)
            if elsewhere:
                settle.defer(queue, lock, answer, changes)
            elif failed or changes:
                settle.abandon(queue, lock, answer, changes)
            else:
                settle.release(queue, lock, answer)
        else:
            raise AmqpError(NOT_ALLOWED, f"the outcome 0x{outcome or 0:x} is not known here")


def attach_session(queue: Queue, link: SendingLink, wanted: object) -> None:
    """Gives a link the session that it wants, or the next one when it wants any.

    Raises:
        AmqpError: The entity has no sessions, or another receiver holds this one.
    """
    if queue.sessions is None:
        raise AmqpError(NOT_ALLOWED, f"{queue.name} does not require sessions; receive without one")
    receiver = Receiver(queue, link)
    if wanted is not None:
        receiver.start_session(queue.sessions.accept(str(wanted), receiver))
        return

    def accepted(result: HeldSession | AmqpError) -> None:
        if isinstance(result, AmqpError):
            link.session.refuse(link, result)
        else:
            receiver.start_session(result)

    timeout = link.attach.properties.get(_TIMEOUT)
    seconds = timeout / 1000 if isinstance(timeout, int) else _DEFAULT_WAIT
    queue.sessions.accept_next(receiver, seconds, accepted)


def ticks(milliseconds: int) -> int:
    """Milliseconds since 1970 as .NET ticks."""
    return milliseconds * 10_000 + _TICKS_1970


def _flag(fields: list[Any], index: int) -> bool:
    return len(fields) > index and fields[index] is True


def _dead_letter_texts(fields: list[Any]) -> tuple[str, str]:
    info = _info(fields)
    error = fields[0].value if fields and fields[0] is not None else []
    reason = info.get(_REASON)
    description = info.get(_DESCRIPTION)
    if description is None and len(error) > 1:
        description = error[1]
    return str(reason or ""), str(description or "")


def _info(fields: list[Any]) -> dict[Any, Any]:
    error = getattr(fields[0], "value", None) if fields else None
    info = error[2] if isinstance(error, list) and len(error) > 2 else None
    return info if isinstance(info, dict) else {}


def _changes(fields: list[Any]) -> dict[bytes, bytes | None]:
    return {
        encode(str(key)): encode(value)
        for key, value in _info(fields).items()
        if key not in (_REASON, _DESCRIPTION)
    }


def _note_changes(fields: list[Any]) -> dict[bytes, bytes | None]:
    notes = fields[2] if len(fields) > 2 else None
    if not isinstance(notes, dict):
        return {}
    return {encode(str(key)): encode(value) for key, value in notes.items()}
