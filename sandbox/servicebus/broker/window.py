"""The front of a queue in memory; the rest stays on disk.

A window knows how far it has read (`cursor`). Messages behind the cursor are in the window, held
(locked, leaving, or not yet committed), or gone. Messages beyond it are on disk only, if there are
any (`behind`).
"""

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from sandbox.servicebus.storage.row import Message

if TYPE_CHECKING:
    from sandbox.servicebus.storage.store import Counters, Store

_READ: Final = 256
_MAX_MESSAGES: Final = 1024
_MAX_BYTES: Final = 4 * 1024 * 1024


class Window:
    """Hands a queue's or a session's messages out in order.

    Args:
        store: Where the messages are.
        counters: Whose messages.
        held: The sequence numbers that may not be handed out now; shared by all windows of a queue.
        session: Only this session's messages.
        behind: Whether there may be messages on disk.
    """

    def __init__(
        self,
        store: "Store",
        counters: "Counters",
        held: set[int],
        *,
        session: str | None = None,
        behind: bool = True,
    ) -> None:
        self._store = store
        self._counters = counters
        self._held = held
        self._session = session
        self._ready: deque[Message] = deque()
        self._returned: list[tuple[int, Message]] = []
        self._bytes = 0
        self._cursor = 0
        self._behind = behind

    def add(self, message: Message) -> None:
        """Takes a message that has been committed or given back."""
        if message.sequence > self._cursor:
            if self._behind:
                return
            if len(self._ready) >= _MAX_MESSAGES or self._bytes >= _MAX_BYTES:
                self._behind = True
                return
            self._cursor = message.sequence
            self._ready.append(message)
        else:
            heappush(self._returned, (message.sequence, message))
        self._bytes += len(message.bare)
        if len(self._returned) > _MAX_MESSAGES or self._bytes > 2 * _MAX_BYTES:
            self._rewind()

    def next(self) -> Message | None:
        """Takes the next message that may be handed out, its body loaded."""
        while True:
            message = self._pop()
            if message is None:
                if not self._behind:
                    return None
                self._load()
                continue
            if message.sequence in self._held:
                continue
            if message.size and not message.bare:
                stored = self._store.get(self._counters, message.sequence)
                if stored is None:
                    continue
                message.bare = stored.bare
            return message

    def put_back(self, message: Message) -> None:
        """Gives back what `next` has just returned."""
        heappush(self._returned, (message.sequence, message))
        self._bytes += len(message.bare)

    def _pop(self) -> Message | None:
        returned, ready = self._returned, self._ready
        if returned and (not ready or returned[0][0] < ready[0].sequence):
            message = heappop(returned)[1]
        elif ready:
            message = ready.popleft()
        else:
            return None
        self._bytes -= len(message.bare)
        return message

    def _load(self) -> None:
        rows, self._behind = self._store.read(
            self._counters, self._cursor, _READ, session=self._session
        )
        if rows:
            self._cursor = rows[-1].sequence
        for message in rows:
            if message.sequence not in self._held:
                self._ready.append(message)
                self._bytes += len(message.bare)

    def _rewind(self) -> None:
        first = self._returned[0][0] if self._returned else self._ready[0].sequence
        if self._ready:
            first = min(first, self._ready[0].sequence)
        self._cursor = first - 1
        self._ready.clear()
        self._returned.clear()
        self._bytes = 0
        self._behind = True
