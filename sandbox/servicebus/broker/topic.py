"""Topics: a message is copied to every subscription with a rule that takes it."""

from typing import TYPE_CHECKING

from sandbox.servicebus.amqp.errors import RESOURCE_LIMIT, AmqpError
from sandbox.servicebus.broker.declaration import QueueSettings, SubscriptionSettings, TopicSettings
from sandbox.servicebus.broker.durations import milliseconds
from sandbox.servicebus.broker.filters import FilterError, View
from sandbox.servicebus.broker.incoming import Incoming
from sandbox.servicebus.broker.letters import NO_SESSION
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
        self._namespace = namespace
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

    def distribute(self, item: Incoming, now: int, note: bytes, hops: int) -> int:
        """Copies a message to the subscriptions that want it and returns to how many.

        Args:
            item: The message.
            now: The time, in milliseconds since the epoch.
            note: Further annotations, encoded.
            hops: How often it has been forwarded.
        """
        limit = milliseconds(self.settings.default_ttl)
        if limit < 0xFFFFFFFF and (item.ttl is None or item.ttl > limit):
            item.ttl = limit
        view = View(item)
        copies = 0
        for subscription in self.subscriptions.values():
            queue = subscription.queue
            try:
                wanted = subscription.rules.apply(item, view)
            except FilterError as error:
                if subscription.settings.dead_lettering_on_filter_errors:
                    self._bury(queue, item, now, note, "FilterEvaluationException", str(error))
                continue
            for copy in wanted:
                if queue.needs_session(copy):
                    self._bury(queue, copy, now, note, *NO_SESSION)
                else:
                    self._namespace.place(queue, copy, now, note, hops)
                copies += 1
        self.unmatched += not copies
        return copies

    def report(self) -> dict[str, int]:
        """The topic's figures for the admin port."""
        return {
            "accepted": self.queue.totals.accepted,
            "duplicates": self.queue.totals.duplicates,
            "scheduled": self.queue.counters.scheduled,
            "unmatched": self.unmatched,
        }

    def check(self) -> None:
        """Raises where the topic takes nothing."""
        self.queue.check_open("send")
        limit = self.settings.max_size_megabytes
        size = sum(each.queue.counters.bytes for each in self.subscriptions.values())
        if size >= limit * 1024 * 1024:
            raise AmqpError(RESOURCE_LIMIT, f"{self.name} holds {limit} MB, all that it may")

    def _bury(
        self, queue: Queue, item: Incoming, now: int, note: bytes, reason: str, text: str
    ) -> None:
        """ASSUMED: what a subscription cannot take goes to its dead letters."""
        self._namespace.letters.bury_new(queue, queue.dead, item, now, note, reason, text)
