"""One queue: a queue proper, a subscription's, or the dead letters of either."""

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from sandbox.servicebus.amqp.errors import (
    ARGUMENT_ERROR,
    ENTITY_DISABLED,
    INTERNAL_ERROR,
    NOT_ALLOWED,
    RESOURCE_LIMIT,
    AmqpError,
)
from sandbox.servicebus.broker.declaration import QueueSettings, SubscriptionSettings
from sandbox.servicebus.broker.durations import FOREVER, milliseconds
from sandbox.servicebus.broker.incoming import MAX_ID, Incoming, now_ms
from sandbox.servicebus.broker.locks import Consumer, Lock, Locks
from sandbox.servicebus.broker.sessions import Sessions
from sandbox.servicebus.broker.window import Window
from sandbox.servicebus.storage.commits import Done
from sandbox.servicebus.storage.row import ACTIVE, SCHEDULED, Message
from sandbox.servicebus.storage.store import Store

if TYPE_CHECKING:
    from sandbox.servicebus.broker.namespace import Namespace

_FOREVER_MS: Final = milliseconds(FOREVER)
Settings = QueueSettings | SubscriptionSettings


class Totals:
    """What happened in a queue since the process began."""

    __slots__ = (
        "abandoned",
        "accepted",
        "completed",
        "dead_lettered",
        "deferred",
        "delivered",
        "duplicates",
        "expired",
        "forwarded",
        "lock_lost",
        "refused",
    )

    def __init__(self) -> None:
        for name in self.__slots__:
            setattr(self, name, 0)

    def as_dict(self) -> dict[str, int]:
        """Name to count."""
        return {name: getattr(self, name) for name in self.__slots__}

    if TYPE_CHECKING:
        accepted: int
        delivered: int
        completed: int
        abandoned: int
        deferred: int
        dead_lettered: int
        expired: int
        forwarded: int
        lock_lost: int
        duplicates: int
        refused: int


class Queue:
    """Messages in order, handed to consumers under locks.

    Args:
        namespace: Where other entities are found.
        name: Its path, in the declaration's spelling.
        settings: How it behaves.
        dead: Where its dead letters go; None for a dead-letter queue.
        transfer_dead: Where messages go that cannot be forwarded.
    """

    def __init__(
        self,
        namespace: "Namespace",
        name: str,
        settings: Settings,
        *,
        dead: "Queue | None" = None,
        transfer_dead: "Queue | None" = None,
    ) -> None:
        self.namespace = namespace
        self.store: Store = namespace.store
        self.name = name
        self.settings = settings
        self.dead = dead
        self.transfer_dead = transfer_dead
        self.counters = self.store.counters(name.lower())
        self.totals = Totals()
        self.held: set[int] = set()
        self.locks = Locks(milliseconds(settings.lock_duration), self._lock_expired)
        self.sessions = Sessions(self) if settings.requires_session else None
        self.window = Window(self.store, self.counters, self.held, behind=self.counters.active > 0)
        self._consumers: deque[Consumer] = deque()
        self._awake = False

    def check_open(self, direction: str) -> None:
        """Raises where the entity is switched off for `send` or `receive`."""
        status = self.settings.status
        if status in ("disabled", f"{direction}-disabled"):
            raise AmqpError(ENTITY_DISABLED, f"{self.name} is {status}")

    def check_item(self, item: Incoming) -> None:
        """Raises where a message's ids are too long, or the session id is missing."""
        if len(item.message_id or "") > MAX_ID or len(item.session_id or "") > MAX_ID:
            raise AmqpError(
                ARGUMENT_ERROR, f"a message id or session id is longer than {MAX_ID} characters"
            )
        if self.needs_session(item):
            raise AmqpError(
                NOT_ALLOWED, f"{self.name} requires sessions and the message has no session id"
            )

    def needs_session(self, item: Incoming) -> bool:
        """Whether a message lacks the session id that the entity needs."""
        return self.sessions is not None and item.session_id is None

    def check_size(self) -> None:
        """Raises where the entity has reached its size."""
        limit = getattr(self.settings, "max_size_megabytes", None)
        if limit is not None and self.counters.bytes >= limit * 1024 * 1024:
            raise AmqpError(RESOURCE_LIMIT, f"{self.name} holds {limit} MB, all that it may")

    def admit(self, item: Incoming, now: int, *, note: bytes = b"") -> Message:
        """Stores a message; it is handed out once it is committed.

        Args:
            item: What was sent.
            now: The time, in milliseconds since the epoch.
            note: Further annotations, encoded.
        """
        due = item.due if item.due is not None and item.due > now else None
        message = Message(
            self.counters.take_sequence(),
            ACTIVE if due is None else SCHEDULED,
            item.session_id if self.sessions is not None else None,
            0,
            now,
            self.expiry(item.ttl, due or now),
            due,
            item.head,
            item.notes + note,
            item.bare,
        )
        self.insert(message)
        return message

    def expiry(self, ttl: int | None, begin: int) -> int | None:
        """When a message's time is over: its own or the queue's default, whichever is shorter."""
        limit = milliseconds(self.settings.default_ttl)
        if ttl is not None:
            limit = min(limit, ttl)
        return None if limit >= min(_FOREVER_MS, 0xFFFFFFFF * 1000) else begin + limit

    def insert(self, message: Message) -> None:
        """Stores a message at its place; it is handed out once it is committed."""
        self.held.add(message.sequence)
        self.store.insert(self.counters, message)
        self.store.after(lambda error: self._arrived(message, error))

    def remove(self, message: Message, done: Done | None = None) -> None:
        """Takes a message off the disk; when that fails, it is handed out again."""
        self.held.add(message.sequence)
        self.store.delete(self.counters, message)

        def removed(error: Exception | None) -> None:
            if error is not None:
                self.store.undo_delete(self.counters, message)
                self.give_back(message)
            else:
                self.held.discard(message.sequence)
            if done is not None:
                done(error)

        self.store.after(removed)

    def give_back(self, message: Message) -> None:
        """Makes a message available again, at its place."""
        self.held.discard(message.sequence)
        if message.state != ACTIVE:
            return
        if self.sessions is not None:
            self.sessions.arrived(message)
        else:
            self.window.add(message)
            self.wake()

    def subscribe(self, consumer: Consumer) -> None:
        """Lets a link receive."""
        self._consumers.append(consumer)
        self.wake()

    def unsubscribe(self, consumer: Consumer) -> None:
        """The link is gone. Its locks stay until they run out, a session's are freed."""
        if consumer in self._consumers:
            self._consumers.remove(consumer)
        if self.sessions is not None:
            self.sessions.left(consumer)

    def wake(self) -> None:
        """Hands out what can be handed out, soon."""
        if not self._awake and self._consumers:
            self._awake = True
            asyncio.get_running_loop().call_soon(self.dispatch)

    def dispatch(self) -> None:
        """Hands out messages for as long as there are both messages and credit."""
        self._awake = False
        if self.sessions is not None:
            self.sessions.dispatch()
            return
        consumers = self._consumers
        waiting = 0
        now = now_ms()
        while waiting < len(consumers):
            consumer = consumers[0]
            consumers.rotate(-1)
            if not consumer.ready():
                waiting += 1
                continue
            waiting = 0
            message = self._take(self.window, now)
            if message is None:
                return
            self.deliver(message, consumer)

    def deliver(self, message: Message, consumer: Consumer) -> None:
        """Hands a message to a consumer: locked, or removed first where it wants no locks."""
        consumer.reserve()
        self.totals.delivered += 1
        self.held.add(message.sequence)
        if consumer.peek_lock:
            session = self.sessions.of(consumer) if self.sessions is not None else None
            lock = self.locks.take(message, consumer, session)
            consumer.send(message, lock)
            lock.leave_body()
            return

        def removed(error: Exception | None) -> None:
            if error is None:
                self.totals.completed += 1
                consumer.send(message, None)

        self.remove(message, removed)

    def take_for(self, window: Window) -> Message | None:
        """Takes the next message of a session's window."""
        return self._take(window, now_ms())

    def expire(self, message: Message) -> None:
        """Ends a message whose time is over: to the dead letters or away."""
        self.totals.expired += 1
        if self.settings.dead_lettering_on_expiration and self.dead is not None:
            self.namespace.letters.bury(
                self, message, "TTLExpiredException", "The message expired and was dead lettered."
            )
        else:
            self.remove(message)

    def report(self) -> dict[str, Any]:
        """The queue's figures for the admin port."""
        return {
            "active": self.counters.active,
            "scheduled": self.counters.scheduled,
            "deferred": self.counters.deferred,
            "dead_lettered": self.dead.counters.active if self.dead is not None else 0,
            "transfer_dead_lettered": (
                self.transfer_dead.counters.active if self.transfer_dead is not None else 0
            ),
            "locked": len(self.locks),
            "receivers": len(self._consumers),
            "totals": self.totals.as_dict(),
        }

    def _take(self, window: Window, now: int) -> Message | None:
        while True:
            message = window.next()
            if message is None or message.expires is None or message.expires > now:
                return message
            self.expire(message)

    def _arrived(self, message: Message, error: Exception | None) -> None:
        if error is not None:
            self.held.discard(message.sequence)
            self.store.undo_insert(self.counters, message)
            return
        self.give_back(message)

    def _lock_expired(self, lock: Lock) -> None:
        self.totals.lock_lost += 1
        if lock.consumer is not None:
            lock.consumer.forget(lock)
        self.namespace.settle.failed(self, lock.message)


def commit_failure(error: Exception) -> AmqpError:
    """What a client is told when its change could not be stored."""
    if "full" in str(error):
        return AmqpError(RESOURCE_LIMIT, f"the disk that holds the messages is full: {error}")
    return AmqpError(INTERNAL_ERROR, f"the change could not be stored, try again: {error}")
