"""Dead letters: messages that leave their queue, with the reason written on them."""

from typing import Final

from sandbox.servicebus.amqp.encode import string
from sandbox.servicebus.amqp.message import with_application_properties
from sandbox.servicebus.broker.incoming import Incoming
from sandbox.servicebus.broker.queue import Queue, commit_failure
from sandbox.servicebus.storage.commits import Done
from sandbox.servicebus.storage.row import ACTIVE, Message

_REASON: Final = string("DeadLetterReason")
_DESCRIPTION: Final = string("DeadLetterErrorDescription")
_MAX_TEXT: Final = 4096
NO_SESSION: Final = (
    "Session ID is null",
    "Session enabled entity doesn't allow a message whose session identifier is null.",
)
TOO_MANY_HOPS: Final = (
    "MaxTransferHopCountExceeded",
    "The maximum number of allowed hops when forwarding between queues. This value is set to 4.",
)
"""Reasons as the service's documentation lists them ("Service Bus dead-letter queues")."""


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
        marks = _marks(reason, description) | (changes or {})
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

    def bury_new(
        self,
        queue: Queue,
        dead: Queue | None,
        item: Incoming,
        now: int,
        note: bytes,
        reason: str,
        description: str,
    ) -> None:
        """Stores a message that never was in its queue among the dead letters `dead`."""
        if dead is None:
            raise RuntimeError(f"{queue.name} has no dead-letter queue")
        letter = Message(
            queue.counters.take_sequence(),
            ACTIVE,
            None,
            0,
            now,
            None,
            None,
            item.head,
            item.notes + note,
            with_application_properties(item.bare, _marks(reason, description)),
        )
        queue.totals.dead_lettered += 1
        if dead is not queue.dead or not queue.namespace.forward_dead_letter(queue, letter):
            dead.insert(letter)

    def change(self, queue: Queue, message: Message, changes: dict[bytes, bytes | None]) -> None:
        """Changes application properties of a message that stays where it is."""
        self._load(queue, message)
        message.bare = with_application_properties(message.bare, changes)
        queue.counters.bytes += len(message.bare) - message.size
        message.size = len(message.bare)
        queue.store.set_bare(queue.counters, message)

    def _load(self, queue: Queue, message: Message) -> None:
        if message.size and not message.bare:
            stored = queue.store.get(queue.counters, message.sequence)
            if stored is None:
                raise RuntimeError(f"message {message.sequence} of {queue.name} is not on disk")
            message.bare = stored.bare


def _marks(reason: str, description: str) -> dict[bytes, bytes | None]:
    marks: dict[bytes, bytes | None] = {}
    if reason:
        marks[_REASON] = string(reason[:_MAX_TEXT])
    if description:
        marks[_DESCRIPTION] = string(description[:_MAX_TEXT])
    return marks
