"""Message sessions: one receiver at a time holds all messages with the same session id.

A session is nothing but its messages and its state, both on disk; only sessions that are held stand
in memory.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sandbox.servicebus.amqp.errors import (
    SESSION_CANNOT_BE_LOCKED,
    SESSION_LOCK_LOST,
    TIMEOUT,
    AmqpError,
)
from sandbox.servicebus.broker.durations import milliseconds
from sandbox.servicebus.broker.incoming import now_ms
from sandbox.servicebus.broker.locks import Consumer, Lock
from sandbox.servicebus.broker.window import Window
from sandbox.servicebus.storage.commits import Done
from sandbox.servicebus.storage.row import Message

if TYPE_CHECKING:
    from sandbox.servicebus.broker.queue import Queue

_MAX_ID: Final = 128


class HeldSession:
    """A session in the hands of one receiver.

    Attributes:
        until: When its lock ends, milliseconds since the epoch.
        locks: Its messages that are out.
    """

    __slots__ = ("consumer", "id", "locks", "timer", "until", "window")

    def __init__(self, session_id: str, consumer: Consumer, window: Window, until: int) -> None:
        self.id = session_id
        self.consumer = consumer
        self.window = window
        self.until = until
        self.locks: set[Lock] = set()
        self.timer: asyncio.TimerHandle | None = None


Accepted = Callable[[HeldSession | AmqpError], None]


class _Waiting:
    __slots__ = ("accepted", "consumer", "timer")

    def __init__(self, consumer: Consumer, accepted: Accepted) -> None:
        self.consumer = consumer
        self.accepted = accepted
        self.timer: asyncio.TimerHandle | None = None


class Sessions:
    """The sessions of one queue."""

    def __init__(self, queue: "Queue") -> None:
        self._queue = queue
        self._held: dict[str, HeldSession] = {}
        self._by_consumer: dict[Consumer, HeldSession] = {}
        self._waiting: list[_Waiting] = []
        self._last = ""
        self._searching = False

    def of(self, consumer: Consumer) -> HeldSession | None:
        """The session that a link holds."""
        return self._by_consumer.get(consumer)

    def get(self, session_id: str) -> HeldSession | None:
        """A session that is held, by its id."""
        return self._held.get(session_id)

    def accept(self, session_id: str, consumer: Consumer) -> HeldSession:
        """Gives a link the session with this id, which need not have messages.

        Raises:
            AmqpError: Another receiver holds it.
        """
        if len(session_id) > _MAX_ID:
            raise AmqpError(
                SESSION_CANNOT_BE_LOCKED, f"a session id has {_MAX_ID} characters at most"
            )
        if session_id in self._held:
            raise AmqpError(
                SESSION_CANNOT_BE_LOCKED,
                f"the session {session_id!r} of {self._queue.name} is held by another receiver",
            )
        return self._hold(session_id, consumer)

    def accept_next(self, consumer: Consumer, timeout: float, accepted: Accepted) -> None:
        """Gives a link the next session with messages.

        Args:
            consumer: The link.
            timeout: Seconds after which it is told that there is none.
            accepted: Takes the session or the error.
        """
        session_id = None if self._waiting else self._find()
        if session_id is not None:
            accepted(self._hold(session_id, consumer))
            return
        waiting = _Waiting(consumer, accepted)
        loop = asyncio.get_running_loop()
        waiting.timer = loop.call_later(timeout, self._gave_up, waiting)
        self._waiting.append(waiting)

    def arrived(self, message: Message) -> None:
        """A message is available."""
        session = self._held.get(message.session or "")
        if session is not None:
            session.window.add(message)
            self._queue.wake()
        elif self._waiting and not self._searching:
            self._searching = True
            asyncio.get_running_loop().call_soon(self._search)

    def left(self, consumer: Consumer) -> None:
        """A link is gone: what it holds is free again, and no delivery is counted (service)."""
        self._waiting = [entry for entry in self._waiting if not self._forget(entry, consumer)]
        session = self._by_consumer.get(consumer)
        if session is not None:
            self._free(session, count=False)

    def renew(self, session: HeldSession) -> int:
        """Lets a session's lock begin anew and returns when it ends."""
        session.until = now_ms() + milliseconds(self._queue.settings.lock_duration)
        return session.until

    def dispatch(self) -> None:
        """Hands out the messages of the held sessions."""
        for session in list(self._held.values()):
            consumer = session.consumer
            while consumer.ready():
                message = self._queue.take_for(session.window)
                if message is None:
                    break
                self._queue.deliver(message, consumer)

    def state(self, session_id: str) -> bytes | None:
        """Reads a session's state."""
        rows = self._queue.store.query(
            "SELECT state FROM session_states WHERE queue=? AND session=?",
            (self._queue.counters.number, session_id),
        )
        return rows[0][0] if rows else None

    def set_state(self, session_id: str, state: bytes | None, done: Done) -> None:
        """Stores a session's state; None takes it away."""
        number, commits = self._queue.counters.number, self._queue.store.commits
        if state is None:
            commits.execute(
                "DELETE FROM session_states WHERE queue=? AND session=?", (number, session_id)
            )
        else:
            commits.execute(
                "INSERT OR REPLACE INTO session_states VALUES (?,?,?,?)",
                (number, session_id, state, now_ms()),
            )
        commits.after(done)

    def list(self, changed_after: int | None, skip: int, top: int) -> list[str]:
        """Lists session ids: those with messages or a state, or those whose state was changed."""
        number = self._queue.counters.number
        if changed_after is not None:
            rows = self._queue.store.query(
                "SELECT session FROM session_states WHERE queue=? AND changed>?"
                " ORDER BY session LIMIT ? OFFSET ?",
                (number, changed_after, top, skip),
            )
        else:
            rows = self._queue.store.query(
                "SELECT session FROM messages INDEXED BY messages_session"
                " WHERE queue=? AND session IS NOT NULL AND state=0"
                " UNION SELECT session FROM session_states WHERE queue=?"
                " ORDER BY session LIMIT ? OFFSET ?",
                (number, number, top, skip),
            )
        return [row[0] for row in rows]

    def _hold(self, session_id: str, consumer: Consumer) -> HeldSession:
        queue = self._queue
        until = now_ms() + milliseconds(queue.settings.lock_duration)
        window = Window(queue.store, queue.counters, queue.held, session=session_id)
        session = HeldSession(session_id, consumer, window, until)
        self._held[session_id] = session
        self._by_consumer[consumer] = session
        self._arm(session)
        return session

    def _arm(self, session: HeldSession) -> None:
        delay = max(0, session.until - now_ms()) / 1000 + 0.001
        session.timer = asyncio.get_running_loop().call_later(delay, self._check, session)

    def _check(self, session: HeldSession) -> None:
        if session.until > now_ms():
            self._arm(session)
            return
        self._free(session, count=True)
        session.consumer.end(
            SESSION_LOCK_LOST, f"the lock on the session {session.id!r} has run out"
        )

    def _free(self, session: HeldSession, *, count: bool) -> None:
        queue = self._queue
        if session.timer is not None:
            session.timer.cancel()
        self._held.pop(session.id, None)
        self._by_consumer.pop(session.consumer, None)
        for lock in sorted(session.locks, key=lambda held: held.message.sequence):
            queue.locks.drop(lock)
            if lock.consumer is not None:
                lock.consumer.forget(lock)
            if count:
                queue.totals.lock_lost += 1
                queue.namespace.settle.failed(queue, lock.message)
            else:
                queue.give_back(lock.message)
        if self._waiting:
            self._search()

    def _search(self) -> None:
        self._searching = False
        while self._waiting:
            session_id = self._find()
            if session_id is None:
                return
            waiting = self._waiting.pop(0)
            if waiting.timer is not None:
                waiting.timer.cancel()
            waiting.accepted(self._hold(session_id, waiting.consumer))

    def _find(self) -> str | None:
        """The next free session with messages, round and round so that none is passed over."""
        queue = self._queue
        if queue.counters.active == 0:
            return None
        start, last, wrapped = self._last, self._last, False
        while True:
            rows = queue.store.query(
                "SELECT session, id FROM messages INDEXED BY messages_session"
                " WHERE queue=? AND session>? AND state=0 ORDER BY session, id LIMIT 1",
                (queue.counters.number, last),
            )
            if not rows:
                if wrapped:
                    return None
                last, wrapped = "", True
                continue
            last = rows[0][0]
            if wrapped and last > start:
                return None
            if last not in self._held and self._has_messages(last):
                self._last = last
                return str(last)

    def _has_messages(self, session_id: str) -> bool:
        """Whether the session has a message that is not just being taken away."""
        queue, after = self._queue, 0
        while True:
            messages, more = queue.store.read(queue.counters, after, 64, session=session_id)
            if any(message.sequence not in queue.held for message in messages):
                return True
            if not more or not messages:
                return False
            after = messages[-1].sequence

    def _gave_up(self, waiting: _Waiting) -> None:
        self._waiting.remove(waiting)
        waiting.accepted(
            AmqpError(TIMEOUT, f"no session of {self._queue.name} had a message in time")
        )

    def _forget(self, waiting: _Waiting, consumer: Consumer) -> bool:
        if waiting.consumer is not consumer:
            return False
        if waiting.timer is not None:
            waiting.timer.cancel()
        return True
