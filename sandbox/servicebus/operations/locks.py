"""Renewing locks, and settling by lock token instead of over a link."""

from typing import Any

from sandbox.servicebus.amqp.encode import encode
from sandbox.servicebus.amqp.errors import (
    ARGUMENT_ERROR,
    MESSAGE_LOCK_LOST,
    SESSION_LOCK_LOST,
    AmqpError,
)
from sandbox.servicebus.amqp.types import Array, Timestamp
from sandbox.servicebus.broker.locks import Lock
from sandbox.servicebus.broker.queue import Queue
from sandbox.servicebus.operations.base import Context
from sandbox.servicebus.storage.commits import Done


def renew(context: Context) -> None:
    """renew-lock."""
    queue = context.queue
    locks = [_lock(queue, token) for token in context.tokens()]
    ends = [
        Timestamp(lock.session.until if lock.session is not None else queue.locks.renew(lock))
        for lock in locks
    ]
    context.answer({"expirations": Array(list(ends))})


def settle(context: Context) -> None:
    """update-disposition."""
    queue = context.queue
    status = context.get("disposition-status", str)
    locks = [_lock(queue, token) for token in context.tokens()]
    left = len(locks)
    failure: Exception | None = None

    def done(error: Exception | None) -> None:
        nonlocal left, failure
        left -= 1
        failure = failure or error
        if left == 0:
            context.answer(failure if failure is not None else {})

    for lock in locks:
        _settle(context, queue, lock, status, done)
        if lock.consumer is not None:
            lock.consumer.forget(lock)


def _settle(context: Context, queue: Queue, lock: Lock, status: str, done: Done) -> None:
    settlement = context.namespace.settle
    changes = _changes(context.body.get("properties-to-modify"))
    if status == "completed":
        settlement.complete(queue, lock, done)
    elif status == "abandoned":
        settlement.abandon(queue, lock, done, changes)
    elif status == "defered":
        settlement.defer(queue, lock, done, changes)
    elif status == "suspended":
        reason = str(context.body.get("deadletter-reason") or "")
        description = str(context.body.get("deadletter-description") or "")
        settlement.dead_letter(queue, lock, done, reason, description, changes)
    else:
        raise AmqpError(ARGUMENT_ERROR, f"the disposition-status {status!r} is not known")


def _changes(properties: Any) -> dict[bytes, bytes | None]:
    if not isinstance(properties, dict):
        return {}
    return {encode(str(key)): encode(value) for key, value in properties.items()}


def _lock(queue: Queue, token: bytes) -> Lock:
    lock = queue.locks.get(token)
    if lock is not None:
        return lock
    if queue.sessions is not None:
        raise AmqpError(SESSION_LOCK_LOST, "the session lock was lost; accept the session again")
    raise AmqpError(
        MESSAGE_LOCK_LOST, "the lock on the message was lost; it will be delivered again"
    )
