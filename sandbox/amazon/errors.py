"""Error answers: one shape everywhere (section 2.4)."""

import json
import uuid
from http.client import responses

from aiohttp import web

SHOWS_RATE = frozenset({200, 201, 202, 204, 400, 404})
"""Statuses whose answers carry the rate; a 429 tells nothing (orders models)."""

DENIED = "Access to requested resource is denied."
MALFORMED = "The access token you provided is revoked, malformed or invalid."
MISSING = "Access token is missing in the request header."
"""Texts seen by users (section 1)."""


class ApiError(Exception):
    """A refusal.

    Attributes:
        status: The HTTP status.
        code: What callers branch on.
        details: A further text, often empty.
    """

    def __init__(self, status: int, code: str, message: str, details: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = details

    def response(self, rate: float | None = None) -> web.Response:
        """The answer; `rate` is shown where the models declare it."""
        error = {"code": self.code, "message": str(self), "details": self.details}
        return json_response({"errors": [error]}, self.status, rate, self.code)


def invalid(message: str, details: str = "") -> ApiError:
    """A 400."""
    return ApiError(400, "InvalidInput", message, details)


def not_found(message: str) -> ApiError:
    """A 404; the code is ASSUMED."""
    return ApiError(404, "NotFound", message)


def denied(details: str = "", code: str = "Unauthorized") -> ApiError:
    """A 403, which is also what an expired token and an unknown path get."""
    return ApiError(403, code, DENIED, details)


def throttled() -> ApiError:
    """A 429."""
    return ApiError(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")


def failure() -> ApiError:
    """A 500."""
    return ApiError(500, "InternalFailure", "We encountered an internal error. Please try again.")


def json_response(
    body: object, status: int = 200, rate: float | None = None, error: str = ""
) -> web.Response:
    """A JSON answer with Amazon's headers; a body of None is none at all."""
    headers = {"x-amzn-RequestId": str(uuid.uuid4())}
    if rate is not None and status in SHOWS_RATE:
        headers["x-amzn-RateLimit-Limit"] = f"{rate:g}"
    if error:
        headers["x-amzn-ErrorType"] = error
    if body is None:
        return web.Response(status=status, headers=headers)
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, headers=headers, content_type="application/json")


def html(status: int) -> web.Response:
    """What the balancer says before any API is reached."""
    said = f"{status} {responses.get(status, 'Error')}"
    text = (
        f"<html>\r\n<head><title>{said}</title></head>\r\n<body>\r\n"
        f"<center><h1>{said}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
    return web.Response(text=text, status=status, content_type="text/html")
