"""The `$management` node of an entity: locks, deferred and scheduled messages, sessions, rules."""

from collections.abc import Callable
from typing import Any, Final

import structlog

from sandbox.servicebus.access import Access
from sandbox.servicebus.amqp.errors import (
    ARGUMENT_ERROR,
    NOT_IMPLEMENTED,
    AmqpError,
)
from sandbox.servicebus.amqp.link import Delivery, SendingLink
from sandbox.servicebus.amqp.types import Int, Symbol
from sandbox.servicebus.broker.namespace import Namespace
from sandbox.servicebus.operations import STATUS
from sandbox.servicebus.operations.base import Context, Operation
from sandbox.servicebus.operations.table import OPERATIONS
from sandbox.servicebus.requests import Replies, Request, encode_reply, read_request

_log = structlog.get_logger(__name__)
_PREFIX: Final = "com.microsoft:"


class Management:
    """The `$management` node of one entity, as one connection uses it."""

    def __init__(self, namespace: Namespace, access: Access, entity: str) -> None:
        self._namespace = namespace
        self._access = access
        self._entity = entity
        self.replies = Replies()

    def request(self, delivery: Delivery) -> None:
        """Takes a request and answers it, at once or when its change is on disk."""
        request = read_request(delivery)
        delivery.accept()
        near = delivery.link.session

        def answer(result: Any) -> None:
            self.replies.send(request, near, _reply(request, result))

        try:
            self._run(request, near, answer)
        except AmqpError as error:
            answer(error)

    def _run(self, request: Request, near: Any, answer: Callable[[Any], None]) -> None:
        name = str(request.properties.get("operation", ""))
        operation: Operation | None = OPERATIONS.get(name.removeprefix(_PREFIX))
        if operation is None:
            raise AmqpError(NOT_IMPLEMENTED, f"the operation {name!r} is not known here")
        if not isinstance(request.body, dict):
            raise AmqpError(ARGUMENT_ERROR, f"{name}: the request's body is no map")
        self._access.check(self._entity, operation.right)
        context = Context(
            self._namespace, self._entity, request.body, answer, _consumers(near, request)
        )
        operation.run(context)


def _consumers(near: Any, request: Request) -> list[Any]:
    """The receivers of this connection, the associated link's first."""
    name = request.properties.get("associated-link-name")
    links = [link for link in near.connection.links() if isinstance(link, SendingLink)]
    links.sort(key=lambda link: link.name != name)
    return [link.consumer for link in links if link.consumer is not None]


def _reply(request: Request, result: Any) -> bytes:
    if isinstance(result, AmqpError):
        code = STATUS.get(result.condition, 400)
        properties: dict[str, Any] = {
            "statusCode": Int(code),
            "statusDescription": result.description,
            "errorCondition": Symbol(result.condition),
        }
        return encode_reply(request, properties, {})
    if isinstance(result, Exception):
        _log.error("management_failed", error=str(result))
        return encode_reply(
            request, {"statusCode": Int(500), "statusDescription": "the change was not stored"}, {}
        )
    if result is None:
        return encode_reply(
            request, {"statusCode": Int(204), "statusDescription": "No Content"}, {}
        )
    return encode_reply(request, {"statusCode": Int(200), "statusDescription": "OK"}, result)
