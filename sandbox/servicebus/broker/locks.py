"""Peek locks.

They live in memory: after a restart nobody holds any, as after a failover of the service.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from sandbox.servicebus.broker.incoming import now_ms
from sandbox.servicebus.storage.row import Message

if TYPE_CHECKING:
    from sandbox.servicebus.broker.sessions import HeldSession

_TOKEN_BYTES: Final = 16
_KEEP_BODY: Final = 4096


class Consumer(Protocol):
    """A receiving link, as the broker sees it."""

    peek_lock: bool

    def ready(self) -> bool:
        """Whether it has credit and its connection takes more."""

    def reserve(self) -> None:
        """Uses one credit."""

    def send(self, message: Message, lock: "Lock | None") -> None:
        """Sends a message for which a credit was reserved."""

    def forget(self, lock: "Lock") -> None:
        """The lock is over; a later settlement of it must fail."""

    def end(self, condition: str, description: str) -> None:
        """Detaches the link with an error."""


class Lock:
    """One message in the hands of one receiver.

    Attributes:
        token: 16 bytes, the delivery tag, little-endian uuid.
        until: Milliseconds since the epoch.
        consumer: The link that holds it, None for one taken by sequence number.
        delivery: The link's delivery id.
        session: The session that it stands and falls with.
    """

    __slots__ = ("consumer", "delivery", "message", "session", "token", "until")

    def __init__(
        self,
        token: bytes,
        message: Message,
        until: int,
        consumer: Consumer | None,
        session: "HeldSession | None",
    ) -> None:
        self.token = token
        self.message = message
        self.until = until
        self.consumer = consumer
        self.session = session
        self.delivery = -1

    def leave_body(self) -> None:
        """Leaves a big body to the disk while the message is out."""
        if self.message.size > _KEEP_BODY:
            self.message.bare = b""


class _Tokens:
    def __init__(self) -> None:
        self._pool = b""
        self._pos = 0

    def take(self) -> bytes:
        if self._pos >= len(self._pool):
            self._pool, self._pos = os.urandom(_TOKEN_BYTES * 256), 0
        token = self._pool[self._pos : self._pos + _TOKEN_BYTES]
        self._pos += _TOKEN_BYTES
        return token


_tokens = _Tokens()


class Locks:
    """The locks of one queue, which all last equally long.

    Args:
        duration: How long a lock lasts, in milliseconds.
        on_expired: Called with each lock that ran out.
    """

    def __init__(self, duration: int, on_expired: Callable[[Lock], None]) -> None:
        self.duration = duration
        self._on_expired = on_expired
        # In the order in which they run out: all last equally long, a renewed one moves to the end.
        self._by_token: OrderedDict[bytes, Lock] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._by_token)

    def take(
        self, message: Message, consumer: Consumer | None, session: "HeldSession | None" = None
    ) -> Lock:
        """Locks a message; a session's message for as long as its session is locked."""
        until = session.until if session is not None else now_ms() + self.duration
        lock = Lock(_tokens.take(), message, until, consumer, session)
        self._by_token[lock.token] = lock
        if session is None:
            self._arm(until)
        else:
            session.locks.add(lock)
        return lock

    def get(self, token: bytes) -> Lock | None:
        """Returns a lock that is in force."""
        lock = self._by_token.get(token)
        if lock is None:
            return None
        until = lock.until if lock.session is None else lock.session.until
        return lock if until > now_ms() else None

    def release(self, lock: Lock) -> bool:
        """Takes a lock out of force and says whether it was in force."""
        if self.get(lock.token) is not lock:
            return False
        self.drop(lock)
        return True

    def drop(self, lock: Lock) -> None:
        """Forgets a lock."""
        self._by_token.pop(lock.token, None)
        if lock.session is not None:
            lock.session.locks.discard(lock)

    def renew(self, lock: Lock) -> int:
        """Lets a lock begin anew and returns when it ends."""
        lock.until = now_ms() + self.duration
        self._by_token.move_to_end(lock.token)
        return lock.until

    def held(self) -> list[Lock]:
        """All locks in force."""
        return list(self._by_token.values())

    def _arm(self, until: int) -> None:
        if self._timer is None:
            delay = max(0, until - now_ms()) / 1000
            self._timer = asyncio.get_running_loop().call_later(delay + 0.001, self._sweep)

    def _sweep(self) -> None:
        self._timer = None
        now = now_ms()
        while self._by_token:
            lock = next(iter(self._by_token.values()))
            if lock.until > now:
                self._arm(lock.until)
                return
            self.drop(lock)
            self._on_expired(lock)
