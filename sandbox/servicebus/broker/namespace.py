"""A namespace: all entities, found by their address, and the way of a message into them."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from sandbox.servicebus.amqp.errors import NOT_FOUND, AmqpError
from sandbox.servicebus.broker.catalogue import Catalogue
from sandbox.servicebus.broker.declaration import (
    Declaration,
    DeclarationError,
    QueueSettings,
    RuleSettings,
    SubscriptionSettings,
    TopicSettings,
)
from sandbox.servicebus.broker.duplicates import Duplicates
from sandbox.servicebus.broker.forwarding import Forwarding
from sandbox.servicebus.broker.incoming import Incoming, now_ms
from sandbox.servicebus.broker.letters import Letters
from sandbox.servicebus.broker.queue import Queue, commit_failure
from sandbox.servicebus.broker.rules import Rules
from sandbox.servicebus.broker.settle import Settlement
from sandbox.servicebus.broker.topic import Subscription, Topic
from sandbox.servicebus.storage.commits import Done
from sandbox.servicebus.storage.row import Message
from sandbox.servicebus.storage.store import Store

DEAD_LETTERS: Final = "/$DeadLetterQueue"
TRANSFER_DEAD_LETTERS: Final = "/$Transfer/$DeadLetterQueue"
SUBSCRIPTIONS: Final = "/Subscriptions/"


class Namespace:
    """The entities of a declaration over one store.

    Raises:
        DeclarationError: A rule is not understood.
    """

    def __init__(self, store: Store, declaration: Declaration) -> None:
        self.store = store
        self.letters = Letters()
        self.settle = Settlement()
        self.duplicates = Duplicates()
        self.forwarding = Forwarding(self)
        self.catalogue = Catalogue(store)
        self.scheduled_changed: Callable[[], None] = _nothing
        self.queues: dict[str, Queue] = {}
        self.topics: dict[str, Topic] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self._by_number: dict[int, Queue] = {}
        self._topic_of: dict[int, Topic] = {}
        self._receivable: dict[str, Queue] = {}
        self.declare(declaration)
        for later in self.catalogue.declarations():
            self.declare(later)

    def declare(self, declaration: Declaration) -> None:
        """Adds entities; those that are there already stay as they are.

        Raises:
            DeclarationError: Something is forwarded to nowhere, or a rule is not understood.
        """
        self._check(declaration)
        for name, queue in declaration.queues.items():
            if self.find(name) is None:
                self.queues[name.lower()] = self._queue(name, queue)
        for name, topic in declaration.topics.items():
            if name.lower() not in self.queues:
                self._topic(name, topic)
        self.store.show_only(self._by_number)

    async def declare_later(self, declaration: Declaration, content: Any) -> None:
        """Adds entities while the broker runs, and keeps them for its next start."""
        await self.store.commits.between(lambda: self.declare(declaration))
        self.catalogue.keep(content)
        await self.store.commits.settled()

    def all_queues(self) -> Iterator[Queue]:
        """Every queue there is, dead letters included."""
        return iter(self._by_number.values())

    def find(self, address: str) -> Queue | Topic | None:
        """The queue or topic with this address, if there is one."""
        name = address.lower()
        return self.queues.get(name) or self.topics.get(name)

    def receivable(self, address: str) -> Queue:
        """The queue, subscription or dead-letter queue with this address.

        Raises:
            AmqpError: There is none.
        """
        queue = self._receivable.get(address.lower())
        if queue is None:
            raise _not_found(address)
        return queue

    def sendable(self, address: str) -> Queue | Topic:
        """The queue or topic with this address.

        Raises:
            AmqpError: There is none.
        """
        entity = self.find(address)
        if entity is None:
            raise _not_found(address)
        return entity

    def peekable(self, address: str) -> Queue:
        """What can be peeked at: what can be received from, and a topic's scheduled messages."""
        topic = self.topics.get(address.lower())
        return topic.queue if topic is not None else self.receivable(address)

    def put(self, entity: Queue | Topic, items: list[Incoming], done: Done) -> list[Message]:
        """Takes messages in, all or none.

        Args:
            entity: Where they were sent.
            items: The messages.
            done: Called when they are on disk, or with what went wrong.

        Returns:
            The messages that were stored in the entity itself, in the order of `items`.

        Raises:
            AmqpError: They are refused, and nothing was stored.
        """
        queue = entity if isinstance(entity, Queue) else entity.queue
        if isinstance(entity, Queue):
            entity.check_open("send")
            entity.check_size()
        else:
            entity.check()
        for item in items:
            queue.check_item(item)
        now = now_ms()
        stored: list[Message] = []
        for item in items:
            if self.duplicates.seen(queue, item, now):
                queue.totals.duplicates += 1
            elif isinstance(entity, Queue) or (item.due is not None and item.due > now):
                stored += self.place(queue, item, now)
            else:
                entity.distribute(item, now, b"", 0)
        queue.totals.accepted += len(items)
        self.store.after(lambda error: done(error if error is None else commit_failure(error)))
        return stored

    def place(
        self, queue: Queue, item: Incoming, now: int, note: bytes = b"", hops: int = 0
    ) -> list[Message]:
        """Stores a message in a queue, or in what the queue forwards to."""
        due = item.due is not None and item.due > now
        if queue.settings.forward_to is not None and not due:
            self.forwarding.forward(queue, item, now, note, hops)
            return []
        message = queue.admit(item, now, note=note)
        if due:
            self.store.after(lambda _error: self.scheduled_changed())
        return [message]

    def forward_dead_letter(self, queue: Queue, letter: Message) -> bool:
        """Sends a dead letter to where the queue's dead letters are forwarded, if anywhere."""
        return self.forwarding.forward_letter(queue, letter)

    def activate(self, number: int, sequence: int) -> bool:
        """Enqueues a scheduled message whose time has come; says whether it was there.

        It gets a new sequence number, as in the service ("Message sequencing and timestamps").
        """
        queue = self._by_number.get(number)
        if queue is None or sequence in queue.held:
            return False
        message = self.store.get(queue.counters, sequence)
        if message is None or message.due is None:
            return False
        ttl = None if message.expires is None else message.expires - message.due
        item = Incoming(message.head, message.notes, message.bare, ttl, None)
        topic = self._topic_of.get(number)
        if topic is not None:
            topic.distribute(item, now_ms(), b"", 0)
        else:
            self.place(queue, item, now_ms())
        queue.remove(message)
        return True

    def expire(self, number: int, sequence: int) -> bool:
        """Ends a message whose time is over; says whether it was there to be ended."""
        queue = self._by_number.get(number)
        if queue is None or sequence in queue.held:
            return False
        message = self.store.get(queue.counters, sequence)
        if message is None:
            return False
        queue.expire(message)
        return True

    def report(self) -> dict[str, Any]:
        """The figures of all entities."""
        return {
            "queues": {queue.name: queue.report() for queue in self.queues.values()},
            "topics": {topic.name: topic.report() for topic in self.topics.values()},
            "subscriptions": {
                each.queue.name: each.queue.report() for each in self.subscriptions.values()
            },
        }

    def _check(self, declaration: Declaration) -> None:
        known = {name.lower() for name in (*declaration.queues, *declaration.topics)}
        settings: dict[str, QueueSettings | SubscriptionSettings] = dict(declaration.queues)
        for topic, each in declaration.topics.items():
            for name, subscription in each.subscriptions.items():
                path = topic + SUBSCRIPTIONS + name
                settings[path] = subscription
                _rules(path, subscription.rules)
        for name, queue in settings.items():
            for target in (queue.forward_to, queue.forward_dead_lettered_to):
                if target is None:
                    continue
                if target.lower() == name.lower():
                    raise DeclarationError(f"{name} forwards to itself")
                if target.lower() not in known and self.find(target) is None:
                    raise DeclarationError(f"{name} forwards to {target!r}, which is not declared")

    def _queue(self, name: str, settings: QueueSettings | SubscriptionSettings) -> Queue:
        below = QueueSettings(lock_duration=settings.lock_duration)
        dead = Queue(self, name + DEAD_LETTERS, below)
        transfer = Queue(self, name + TRANSFER_DEAD_LETTERS, below)
        queue = Queue(self, name, settings, dead=dead, transfer_dead=transfer)
        for each in (queue, dead, transfer):
            self._by_number[each.counters.number] = each
            self._receivable[each.name.lower()] = each
        return queue

    def _topic(self, name: str, settings: TopicSettings) -> None:
        topic = self.topics.get(name.lower())
        if topic is None:
            topic = self.topics[name.lower()] = Topic(self, name, settings)
            self._by_number[topic.queue.counters.number] = topic.queue
            self._topic_of[topic.queue.counters.number] = topic
        for short, subscription in settings.subscriptions.items():
            if short.lower() not in topic.subscriptions:
                entry = self._subscription(name + SUBSCRIPTIONS + short, short, subscription)
                topic.subscriptions[short.lower()] = entry
                self.subscriptions[entry.queue.name.lower()] = entry

    def _subscription(self, path: str, name: str, settings: SubscriptionSettings) -> Subscription:
        rules = _rules(path, self.catalogue.rules(path, settings.rules))
        return Subscription(name, self._queue(path, settings), rules, settings)


def _rules(path: str, rules: dict[str, RuleSettings]) -> Rules:
    try:
        return Rules(rules)
    except AmqpError as error:
        raise DeclarationError(f"{path}: {error.description}") from error


def _not_found(address: str) -> AmqpError:
    return AmqpError(
        NOT_FOUND, f"the messaging entity {address!r} could not be found; is it declared?"
    )


def _nothing() -> None:
    return
