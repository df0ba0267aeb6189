"""Duplicate detection: ids of messages seen within an entity's window, on disk."""

from sandbox.servicebus.broker.durations import milliseconds
from sandbox.servicebus.broker.incoming import Incoming
from sandbox.servicebus.broker.queue import Queue


class Duplicates:
    """Knows which message ids an entity has seen."""

    def __init__(self) -> None:
        self._uncommitted: set[tuple[int, str]] = set()

    def seen(self, queue: Queue, item: Incoming, now: int) -> bool:
        """Says whether the entity has seen a message's id within its window, and remembers it."""
        settings = queue.settings
        if not getattr(settings, "requires_duplicate_detection", False):
            return False
        message_id = item.message_id
        if not message_id:
            return False
        number = queue.counters.number
        key = (number, message_id)
        since = now - milliseconds(settings.duplicate_detection_window)  # type: ignore[union-attr]
        if key in self._uncommitted or queue.store.query(
            "SELECT 1 FROM duplicates WHERE queue=? AND message=? AND seen>?", (*key, since)
        ):
            return True
        self._uncommitted.add(key)
        commits = queue.store.commits
        commits.execute("INSERT OR REPLACE INTO duplicates VALUES (?,?,?)", (*key, now))
        commits.after(lambda _error: self._uncommitted.discard(key))
        return False

    def forget_old(self, queue: Queue, now: int) -> None:
        """Deletes ids that are older than the entity's window."""
        settings = queue.settings
        if getattr(settings, "requires_duplicate_detection", False):
            since = now - milliseconds(settings.duplicate_detection_window)  # type: ignore[union-attr]
            queue.store.commits.execute(
                "DELETE FROM duplicates WHERE queue=? AND seen<=?", (queue.counters.number, since)
            )
