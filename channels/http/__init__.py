"""What the clients of all HTTP marketplaces share: one way out, counted, bounded and logged."""

from channels.http.auth import Auth, AuthFlow
from channels.http.client import HttpClient, Judge, Tells
from channels.http.exchange import Request, Response, path_of
from channels.http.observe import CALL_OBSERVERS, CallRecord
from channels.http.redaction import Redactor
from channels.http.timeouts import Timeouts

__all__ = [
    "CALL_OBSERVERS",
    "Auth",
    "AuthFlow",
    "CallRecord",
    "HttpClient",
    "Judge",
    "Redactor",
    "Request",
    "Response",
    "Tells",
    "Timeouts",
    "path_of",
]
