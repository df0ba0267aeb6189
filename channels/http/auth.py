"""Auth as a generator of requests that is sent responses, so that a login fits into one flow.

The simplest flow yields the request once, signed. One that refreshes a token looks at what
`yield` gives back and yields again: first the login, then the request anew. The last response is
the call's answer. Every yielded request takes a reservation of its own.

A flow awaits nothing, so a token that all processes share (`channels.tokens`) is had before it
begins: whoever sends asks for it, signs with it, and tells the token store where it was refused.
"""

from collections.abc import Generator
from typing import Protocol, TypeAlias

from channels.http.exchange import Request, Response

AuthFlow: TypeAlias = Generator[Request, Response, None]


class Auth(Protocol):
    """Signs requests."""

    def flow(self, request: Request) -> AuthFlow:
        """Yields what is to be sent, one after the other."""
        ...
