"""Dead letters: messages that leave their queue, with the reason written on them."""

from typing import Final

from sandbox.servicebus.amqp.encode import string
from sandbox.servicebus.amqp.message import with_application_properties
from sandbox.servicebus.broker.queue import Queue, commit_failure
from sandbox.servicebus.storage.commits import Done
from sandbox.servicebus.storage.row import ACTIVE, Message

_REASON: Final = string("DeadLetterReason")
_DESCRIPTION: Final = string("DeadLetterErrorDescription")
_MAX_TEXT: Final = 4096


class Letters:
    """Moves messages to dead-letter queues and changes their properties on the way."""

    def bury(
        self,
        queue: Queue,
        message: Message,
        reason: str,
        description: str,
        changes: dict[bytes, bytes | None] | None = None,
        done: Done | None = None,
    ) -> None:
        """Moves a message to the queue's dead letters, in one commit.

        The sequence number stays (ASSUMED: so the service does it), the time to live ends.
        """
        dead = queue.dead
        if dead is None:
            raise RuntimeError(f"{queue.name} has no dead-letter queue")
        self._load(queue, message)
        marks = dict(changes or {})
        if reason:
            marks[_REASON] = string(reason[:_MAX_TEXT])
        if description:
            marks[_DESCRIPTION] = string(description[:_MAX_TEXT])
        letter = message.copy(message.sequence)
        letter.state, letter.expires, letter.due, letter.session = ACTIVE, None, None, None
        letter.bare = with_application_properties(message.bare, marks)
        letter.size = len(letter.bare)
        queue.totals.dead_lettered += 1
        if not queue.namespace.forward_dead_letter(queue, letter):
            dead.insert(letter)

        def removed(error: Exception | None) -> None:
            if done is not None:
                done(error if error is None else commit_failure(error))

        queue.remove(message, removed)

    def change(self, queue: Queue, message: Message, changes: dict[bytes, bytes | None]) -> None:
        """Changes application properties of a message that stays where it is."""
        self._load(queue, message)
        message.bare = with_application_properties(message.bare, changes)
        message.size = len(message.bare)
        queue.store.set_bare(queue.counters, message)

    def _load(self, queue: Queue, message: Message) -> None:
        if message.size and not message.bare:
            stored = queue.store.get(queue.counters, message.sequence)
            if stored is None:
                raise RuntimeError(f"message {message.sequence} of {queue.name} is not on disk")
            message.bare = stored.bare
