"""One HTTP request and its answer, as far as a channel cares."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import quote


@dataclass(frozen=True)
class Request:
    """A request of one operation, complete but for what the auth flow adds.

    Attributes:
        operation: The client's name of the call; quotas count by it.
        repeatable: Whether sending it twice does no harm. True for reads. Only what is not
            repeatable can end ambiguously.
        urgent: Whether it may use the share of the quota that is kept for decisions.
    """

    operation: str
    method: str
    path: str
    """Below the base URL, already escaped: see `path_of`."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    repeatable: bool = True
    urgent: bool = False
    order_id: str | None = None

    def with_headers(self, headers: Mapping[str, str]) -> "Request":
        """A copy that carries these headers too."""
        return replace(self, headers={**self.headers, **headers})


@dataclass(frozen=True)
class Response:
    """A whole answer; its body was read within the client's limit."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes = field(repr=False)
    retry_after: timedelta | None = None
    """What a `Retry-After` header asks for."""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def path_of(*parts: str) -> str:
    """Joins path segments, each escaped: an id from outside cannot leave its place."""
    return "/".join(quote(part, safe="") for part in parts)
