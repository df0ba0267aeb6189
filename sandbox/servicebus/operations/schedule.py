"""Scheduling messages and cancelling that."""

from sandbox.servicebus.amqp.errors import ARGUMENT_ERROR, MESSAGE_NOT_FOUND, AmqpError
from sandbox.servicebus.amqp.types import Array, Long
from sandbox.servicebus.broker.incoming import now_ms, read_message
from sandbox.servicebus.broker.queue import Queue
from sandbox.servicebus.operations.base import Context
from sandbox.servicebus.storage.row import SCHEDULED


def schedule(context: Context) -> None:
    """schedule-message."""
    entity = context.namespace.sendable(context.entity)
    items = []
    for entry in context.get("messages", list):
        encoded = entry.get("message") if isinstance(entry, dict) else None
        if not isinstance(encoded, bytes):
            raise AmqpError(ARGUMENT_ERROR, "schedule-message: an entry has no message")
        items.append(read_message(encoded))
    now = now_ms()
    for item in items:
        if item.due is None:
            raise AmqpError(
                ARGUMENT_ERROR, "schedule-message: a message has no x-opt-scheduled-enqueue-time"
            )
        # A time that has passed is due at once, and still has a sequence number to be told.
        item.due = max(item.due, now + 1)
    sequences: list[Long] = []

    def done(error: Exception | None) -> None:
        context.answer({"sequence-numbers": Array(list(sequences))} if error is None else error)

    stored = context.namespace.put(entity, items, done)
    sequences += [Long(message.sequence) for message in stored]


def cancel(context: Context) -> None:
    """cancel-scheduled-message."""
    entity = context.namespace.sendable(context.entity)
    queue = entity if isinstance(entity, Queue) else entity.queue
    messages = []
    for sequence in context.sequences():
        message = queue.store.get(queue.counters, sequence)
        if message is None or message.state != SCHEDULED or sequence in queue.held:
            raise AmqpError(
                MESSAGE_NOT_FOUND, f"no scheduled message has the sequence number {sequence}"
            )
        messages.append(message)
    for message in messages:
        queue.remove(message)
    queue.store.after(lambda error: context.answer({} if error is None else error))
