"""Peeking, and receiving by sequence number."""

from typing import Any, Final
from uuid import UUID

from sandbox.servicebus.amqp.errors import (
    ARGUMENT_ERROR,
    MESSAGE_NOT_FOUND,
    SESSION_LOCK_LOST,
    AmqpError,
)
from sandbox.servicebus.broker.incoming import now_ms
from sandbox.servicebus.broker.outgoing import encode_message
from sandbox.servicebus.broker.queue import Queue
from sandbox.servicebus.broker.sessions import HeldSession
from sandbox.servicebus.operations.base import Context
from sandbox.servicebus.storage.row import DEFERRED, Message

_MAX_PEEK: Final = 1000
_MAX_REPLY: Final = 240 * 1024


def peek(context: Context) -> None:
    """peek-message."""
    queue = context.namespace.peekable(context.entity)
    start = max(1, context.get("from-sequence-number", int))
    count = context.get("message-count", int)
    if count < 1:
        raise AmqpError(ARGUMENT_ERROR, "message-count must be 1 at least")
    session_id = context.body.get("session-id")
    found = _peek(queue, start, min(count, _MAX_PEEK), session_id)
    context.answer({"messages": found} if found else None)


def _peek(queue: Queue, start: int, count: int, session_id: str | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after, size, now = start - 1, 0, now_ms()
    while len(found) < count:
        messages, more = queue.store.read(queue.counters, after, count, any_state=True)
        for message in messages:
            after = message.sequence
            if session_id is not None and message.session != session_id:
                continue
            if message.expires is not None and message.expires <= now:
                continue
            encoded = encode_message(message)
            size += len(encoded)
            if found and size > _MAX_REPLY:
                return found
            found.append({"message": encoded})
            if len(found) == count:
                break
        if not more:
            break
    return found


def receive(context: Context) -> None:
    """receive-by-sequence-number: deferred messages."""
    queue = context.queue
    session = _session(context, queue)
    messages = [_deferred(queue, sequence) for sequence in context.sequences()]
    if any(message.session != (session.id if session else None) for message in messages):
        raise _not_found(context.sequences())
    locked = context.body.get("receiver-settle-mode", 1) == 1
    if locked:
        context.answer({"messages": [_lock(queue, message, session) for message in messages]})
        return
    answer = {"messages": [{"message": encode_message(message)} for message in messages]}
    for message in messages:
        queue.totals.delivered += 1
        queue.remove(message)
    queue.store.after(lambda error: context.answer(answer if error is None else error))


def _lock(queue: Queue, message: Message, session: HeldSession | None) -> dict[str, Any]:
    queue.held.add(message.sequence)
    queue.totals.delivered += 1
    lock = queue.locks.take(message, None, session)
    encoded = encode_message(message, lock.until)
    lock.leave_body()
    return {"message": encoded, "lock-token": UUID(bytes_le=lock.token)}


def _deferred(queue: Queue, sequence: int) -> Message:
    message = None if sequence in queue.held else queue.store.get(queue.counters, sequence)
    if message is None or message.state != DEFERRED:
        raise _not_found([sequence])
    return message


def _not_found(sequences: list[int]) -> AmqpError:
    numbers = ", ".join(map(str, sequences))
    return AmqpError(MESSAGE_NOT_FOUND, f"no deferred message has the sequence number {numbers}")


def _session(context: Context, queue: Queue) -> HeldSession | None:
    if queue.sessions is None:
        return None
    return held_session(context, queue)


def held_session(context: Context, queue: Queue) -> HeldSession:
    """The session that the request names, which this client must hold.

    Raises:
        AmqpError: It holds it no longer.
    """
    session_id = context.get("session-id", str)
    session = queue.sessions.get(session_id) if queue.sessions is not None else None
    if session is None or session.consumer not in context.consumers:
        raise AmqpError(
            SESSION_LOCK_LOST, f"the lock on the session {session_id!r} was lost; accept it again"
        )
    return session
