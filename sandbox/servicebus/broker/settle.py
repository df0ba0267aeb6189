"""Settlement: what becomes of a locked message."""

from sandbox.servicebus.amqp.errors import (
    MESSAGE_LOCK_LOST,
    NOT_ALLOWED,
    SESSION_LOCK_LOST,
    AmqpError,
)
from sandbox.servicebus.broker.locks import Lock
from sandbox.servicebus.broker.queue import Queue, commit_failure
from sandbox.servicebus.storage.commits import Done
from sandbox.servicebus.storage.row import ACTIVE, DEFERRED, Message


class Settlement:
    """Carries out what receivers decide. Each method answers `done` once it is on disk.

    Each raises AmqpError (message-lock-lost) where the lock is not in force any more.
    """

    def complete(self, queue: Queue, lock: Lock, done: Done) -> None:
        """The message is done with."""
        _release(queue, lock)

        def removed(error: Exception | None) -> None:
            if error is None:
                queue.totals.completed += 1
            done(error if error is None else commit_failure(error))

        queue.remove(lock.message, removed)

    def release(self, queue: Queue, lock: Lock, done: Done) -> None:
        """Back to the queue without counting the delivery."""
        _release(queue, lock)
        queue.give_back(lock.message)
        done(None)

    def abandon(
        self, queue: Queue, lock: Lock, done: Done, changes: dict[bytes, bytes | None] | None = None
    ) -> None:
        """Back to the queue; one more delivery that came to nothing."""
        _release(queue, lock)
        queue.totals.abandoned += 1
        if changes:
            queue.namespace.letters.change(queue, lock.message, changes)
        self.failed(queue, lock.message, done)

    def defer(
        self, queue: Queue, lock: Lock, done: Done, changes: dict[bytes, bytes | None] | None = None
    ) -> None:
        """Set aside, to be received by its sequence number."""
        _release(queue, lock)
        message = lock.message
        queue.totals.deferred += 1
        if changes:
            queue.namespace.letters.change(queue, message, changes)
        message.failures += 1
        queue.held.add(message.sequence)
        if message.state == ACTIVE:
            queue.store.set_state(queue.counters, message, DEFERRED)
        else:
            queue.store.set_failures(queue.counters, message)

        def stored(error: Exception | None) -> None:
            queue.held.discard(message.sequence)
            done(error if error is None else commit_failure(error))

        queue.store.after(stored)

    def dead_letter(
        self,
        queue: Queue,
        lock: Lock,
        done: Done,
        reason: str,
        description: str,
        changes: dict[bytes, bytes | None] | None = None,
    ) -> None:
        """To the dead letters, with the receiver's reason."""
        if queue.dead is None:
            raise AmqpError(NOT_ALLOWED, f"{queue.name} holds dead letters already")
        _release(queue, lock)
        queue.namespace.letters.bury(queue, lock.message, reason, description, changes, done)

    def failed(self, queue: Queue, message: Message, done: Done | None = None) -> None:
        """Counts a delivery that came to nothing and gives the message back, or buries it."""
        message.failures += 1
        limit = queue.settings.max_delivery_count
        if queue.dead is not None and message.failures >= limit and message.state == ACTIVE:
            queue.namespace.letters.bury(
                queue,
                message,
                "MaxDeliveryCountExceeded",
                f"Message could not be consumed after {limit} delivery attempts.",
                done=done,
            )
            return
        queue.store.set_failures(queue.counters, message)

        def stored(error: Exception | None) -> None:
            queue.give_back(message)
            if done is not None:
                done(error if error is None else commit_failure(error))

        queue.store.after(stored)


def _release(queue: Queue, lock: Lock) -> None:
    if not queue.locks.release(lock):
        if lock.session is not None:
            raise AmqpError(
                SESSION_LOCK_LOST, "the session lock was lost; accept the session again"
            )
        raise AmqpError(
            MESSAGE_LOCK_LOST, "the lock on the message was lost; it will be delivered again"
        )
