"""One stored message."""

from typing import Any, Final

ACTIVE: Final = 0
DEFERRED: Final = 1
SCHEDULED: Final = 2


class Message:
    """A message as the broker holds it.

    Attributes:
        sequence: Its sequence number in its queue.
        state: ACTIVE, DEFERRED or SCHEDULED.
        session: Its session id.
        failures: Deliveries that came to nothing: the header's delivery count.
        enqueued: Milliseconds since the epoch.
        expires: Milliseconds since the epoch, None for never.
        due: For scheduled messages: milliseconds since the epoch.
        head: The first four header fields, encoded.
        notes: The sender's message annotations, keys and values in turn, encoded.
        bare: The bare message; empty while it is left on disk, see `size`.
        size: The length of the bare message.
        gone: Set when it left its queue while it still stands in a window.
    """

    __slots__ = (
        "bare",
        "due",
        "enqueued",
        "expires",
        "failures",
        "gone",
        "head",
        "notes",
        "sequence",
        "session",
        "size",
        "state",
    )

    def __init__(
        self,
        sequence: int,
        state: int,
        session: str | None,
        failures: int,
        enqueued: int,
        expires: int | None,
        due: int | None,
        head: bytes,
        notes: bytes,
        bare: bytes,
    ) -> None:
        self.sequence = sequence
        self.state = state
        self.session = session
        self.failures = failures
        self.enqueued = enqueued
        self.expires = expires
        self.due = due
        self.head = head
        self.notes = notes
        self.bare = bare
        self.size = len(bare)
        self.gone = False

    def copy(self, sequence: int) -> "Message":
        """The same message at another place."""
        return Message(
            sequence,
            self.state,
            self.session,
            self.failures,
            self.enqueued,
            self.expires,
            self.due,
            self.head,
            self.notes,
            self.bare,
        )

    def columns(self) -> tuple[Any, ...]:
        """The values of its row, behind id and queue."""
        return (
            self.state,
            self.session,
            self.failures,
            self.enqueued,
            self.expires,
            self.due,
            self.head,
            self.notes,
            self.bare,
        )
