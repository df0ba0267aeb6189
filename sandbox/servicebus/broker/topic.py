"""Topics: a message is copied to every subscription with a rule that takes it."""

from typing import TYPE_CHECKING

from sandbox.servicebus.amqp.errors import ENTITY_DISABLED, AmqpError
from sandbox.servicebus.broker.declaration import QueueSettings, SubscriptionSettings, TopicSettings
from sandbox.servicebus.broker.durations import milliseconds
from sandbox.servicebus.broker.incoming import Incoming
from sandbox.servicebus.broker.queue import Queue
from sandbox.servicebus.broker.rules import Rules

if TYPE_CHECKING:
    from sandbox.servicebus.broker.namespace import Namespace


class Subscription:
    """A subscription: a queue behind rules."""

    def __init__(self, name: str, queue: Queue, rules: Rules, settings: SubscriptionSettings):
        self.name = name
        self.queue = queue
        self.rules = rules
        self.settings = settings


class Topic:
    """A topic and its subscriptions. Its own queue holds scheduled messages only."""

    def __init__(self, namespace: "Namespace", name: str, settings: TopicSettings) -> None:
        self.name = name
        self.settings = settings
        self.subscriptions: dict[str, Subscription] = {}
        self.queue = Queue(
            namespace,
            name,
            QueueSettings(
                default_ttl=settings.default_ttl,
                requires_duplicate_detection=settings.requires_duplicate_detection,
                duplicate_detection_window=settings.duplicate_detection_window,
                status=settings.status,
            ),
        )
        self.unmatched = 0

    def distribute(self, item: Incoming, now: int) -> int:
        """Copies a message to the subscriptions that want it and returns to how many."""
        if item.ttl is None or item.ttl > milliseconds(self.settings.default_ttl):
            item.ttl = min(milliseconds(self.settings.default_ttl), 0xFFFFFFFF * 1000)
        copies = 0
        for subscription in self.subscriptions.values():
            for copy in subscription.rules.apply(item):
                subscription.queue.namespace.place(subscription.queue, copy, now)
                copies += 1
        if not copies:
            self.unmatched += 1
        return copies

    def check_sessions(self, item: Incoming) -> None:
        """Raises where a subscription would need the session id that the message lacks."""
        for subscription in self.subscriptions.values():
            if subscription.queue.sessions is not None and subscription.rules.apply(item):
                subscription.queue.check_session(item)

    def check_open(self) -> None:
        """Raises where the topic is switched off."""
        if self.settings.status in ("disabled", "send-disabled"):
            raise AmqpError(ENTITY_DISABLED, f"{self.name} is {self.settings.status}")
