"""What every operation gets and gives."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sandbox.servicebus.amqp.errors import ARGUMENT_ERROR, AmqpError
from sandbox.servicebus.broker.locks import Consumer
from sandbox.servicebus.broker.namespace import Namespace
from sandbox.servicebus.broker.queue import Queue


@dataclass(frozen=True)
class Context:
    """One request.

    Attributes:
        namespace: The entities.
        entity: The address of the entity that it is about.
        body: Its map.
        answer: Takes the reply's map, None for "no content", or an AmqpError.
        consumers: The receivers of the same connection, the associated link's first.
    """

    namespace: Namespace
    entity: str
    body: dict[Any, Any]
    answer: Callable[[Any], None]
    consumers: list[Consumer]

    @property
    def queue(self) -> Queue:
        """The queue, subscription or dead-letter queue that the request is about."""
        return self.namespace.receivable(self.entity)

    def get(self, name: str, kind: type | tuple[type, ...]) -> Any:
        """A field of the body; raises where it is missing or of another type."""
        value = self.body.get(name)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise AmqpError(ARGUMENT_ERROR, f"{name} is missing or has the wrong type")
        return value

    def tokens(self) -> list[bytes]:
        """The lock tokens as delivery tags."""
        tokens = self.get("lock-tokens", list)
        if not all(isinstance(token, UUID) for token in tokens):
            raise AmqpError(ARGUMENT_ERROR, "lock-tokens must be uuids")
        return [token.bytes_le for token in tokens]

    def sequences(self) -> list[int]:
        """The sequence numbers."""
        numbers = self.get("sequence-numbers", list)
        if not all(isinstance(number, int) and 0 <= number < 1 << 40 for number in numbers):
            raise AmqpError(ARGUMENT_ERROR, "sequence-numbers must be numbers that were given out")
        return [int(number) for number in numbers]


@dataclass(frozen=True)
class Operation:
    """An operation and the right that it needs."""

    run: Callable[[Context], None]
    right: str
