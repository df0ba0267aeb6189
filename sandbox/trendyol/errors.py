"""Error answers: the three shapes that Trendyol's services use (section 11)."""

from typing import Literal

from aiohttp import web

from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.messages import message_for
from sandbox.trendyol.render import dumps

Shape = Literal["A", "B", "C"]

SHAPES: dict[str, Shape] = {
    "orders.stream": "C",
    "orders.page": "C",
    "stock.update": "B",
    "batch.read": "B",
    "products.approved": "B",
    "products.unapproved": "B",
    "products.inventory": "B",
    "products.one": "B",
    "buybox.read": "B",
}
"""C is seen for the order reads, B for product services, A elsewhere."""

EXCEPTIONS = {
    401: "ClientApiAuthenticationException",
    404: "TrendyolNotFoundException",
    409: "TrendyolConflictException",
    429: "TrendyolTooManyRequestsException",
    500: "TrendyolSystemException",
}
"""ASSUMED except for 401 and 500."""

FORBIDDEN_HTML = (
    "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n"
    "<center><h1>403 Forbidden</h1></center>\r\n<hr><center>cloudflare</center>\r\n"
    "</body>\r\n</html>"
)


class ApiError(Exception):
    """A refusal with the key that callers branch on.

    Attributes:
        status: The HTTP status.
        key: The error key.
        text: The message, or None for the localised one of the key.
        shape: The body's shape, or None for the operation's.
    """

    def __init__(
        self,
        status: int,
        key: str,
        text: str | None = None,
        exception: str | None = None,
        shape: Shape | None = None,
    ) -> None:
        super().__init__(text or key)
        self.status = status
        self.key = key
        self.text = text
        self.exception = exception or EXCEPTIONS.get(status, "TrendyolBusinessException")
        self.shape = shape

    def response(self, operation: str, language: str) -> web.Response:
        """The answer, in the shape of the service that gives it."""
        text = self.text or message_for(self.key, language)
        error = {"key": self.key, "message": text, "errorCode": str(self.status), "args": []}
        shape = self.shape or SHAPES.get(operation, "A")
        if shape == "C":
            return json_response({"error": self.key, "message": text}, self.status)
        if shape == "B":
            return json_response({"errors": [error]}, self.status)
        body = {"timestamp": now_ms(), "exception": self.exception, "errors": [error]}
        return json_response(body, self.status)


def bad_request(key: str, text: str | None = None) -> ApiError:
    """A 400."""
    return ApiError(400, key, text)


def not_updatable(text: str | None = None) -> ApiError:
    """ASSUMED: what a package in the wrong state answers to a write."""
    return ApiError(400, "shipment.package.not.updatable", text)


def json_response(body: object, status: int = 200) -> web.Response:
    """A JSON answer."""
    return web.Response(text=dumps(body), status=status, content_type="application/json")


def forbidden() -> web.Response:
    """The gateway's 403, which is HTML (ASSUMED)."""
    return web.Response(text=FORBIDDEN_HTML, status=403, content_type="text/html")
