"""Claims-based security: the `$cbs` node, where clients put their tokens."""

from typing import Any

import structlog

from sandbox.servicebus.access import Access
from sandbox.servicebus.amqp.link import Delivery
from sandbox.servicebus.amqp.types import Int
from sandbox.servicebus.requests import Replies, Request, encode_reply, read_request
from sandbox.servicebus.sas import TokenError

_log = structlog.get_logger(__name__)


class Cbs:
    """The `$cbs` node of one connection."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self.replies = Replies()

    def request(self, delivery: Delivery) -> None:
        """Takes a put-token request and answers it."""
        request = read_request(delivery)
        delivery.accept()
        code, text = self._put(request)
        # No error-condition here: azure-servicebus loses the status code when there is one.
        answer: dict[str, Any] = {"status-code": Int(code), "status-description": text}
        self.replies.send(request, delivery.link.session, encode_reply(request, answer))

    def _put(self, request: Request) -> tuple[int, str]:
        operation = request.properties.get("operation")
        if operation != "put-token":
            return 400, f"$cbs knows put-token only, not {operation!r}"
        audience = request.properties.get("name")
        if not isinstance(audience, str) or not isinstance(request.body, str):
            return 400, "put-token needs a name and a token"
        # The type is not looked at: azure-servicebus calls its signatures "jwt" (cbs.py, 7.15).
        try:
            self._access.put_token(request.body, audience)
        except TokenError as error:
            _log.info("token_refused", audience=audience, reason=str(error))
            return 401, f"InvalidSignature: {error}"
        return 200, "OK"
