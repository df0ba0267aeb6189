"""A link on which a client sends to a queue or topic."""

from typing import Final

from sandbox.servicebus.amqp.errors import AmqpError
from sandbox.servicebus.amqp.link import Delivery, ReceivingLink
from sandbox.servicebus.amqp.message import BATCH_FORMAT, batch_items
from sandbox.servicebus.broker.incoming import read_message
from sandbox.servicebus.broker.namespace import Namespace
from sandbox.servicebus.broker.queue import Queue
from sandbox.servicebus.broker.topic import Topic

_MAX_WAITING: Final = 32 * 1024 * 1024
"""Bytes that may wait for the disk before senders are not read from any more."""


class Sender:
    """Takes what a client sends and answers when it is on disk."""

    def __init__(self, namespace: Namespace, entity: Queue | Topic, link: ReceivingLink) -> None:
        self._namespace = namespace
        self._entity = entity
        self._link = link
        link.on_message = self._message

    def _message(self, delivery: Delivery) -> None:
        try:
            if delivery.message_format == BATCH_FORMAT:
                items = [read_message(item) for item in batch_items(delivery.payload)]
            else:
                items = [read_message(delivery.payload)]
            delivery.payload = b""
            self._namespace.put(self._entity, items, delivery.answer)
        except AmqpError:
            queue = self._entity if isinstance(self._entity, Queue) else self._entity.queue
            queue.totals.refused += 1
            raise
        commits = self._namespace.store.commits
        if commits.waiting_bytes > _MAX_WAITING:
            connection = self._link.session.connection
            connection.pause_reading()
            commits.after(lambda _error: connection.resume_reading())
