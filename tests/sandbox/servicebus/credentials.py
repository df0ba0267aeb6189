"""Credentials that are no connection string."""

import base64
import hashlib
import hmac
import time
from urllib.parse import quote_plus

from azure.core.credentials import AccessToken

from tests.sandbox.servicebus.program import KEY

NAME = "RootManageSharedAccessKey"


def signature(uri: str, seconds: int, *, key: str = KEY, name: str = NAME) -> str:
    """A shared access signature, made by hand (Service Bus access control with SAS)."""
    ending, resource = int(time.time()) + seconds, quote_plus(uri)
    digest = hmac.new(key.encode(), f"{resource}\n{ending}".encode(), hashlib.sha256).digest()
    signed = quote_plus(base64.b64encode(digest))
    return f"SharedAccessSignature sr={resource}&sig={signed}&se={ending}&skn={name}"


class Unsigned:
    """A credential whose token is one of the cloud's, which nobody here can check."""

    def __init__(self) -> None:
        self.asked = 0

    def token(self) -> tuple[str, int]:
        """The token and when it ends."""
        return "eyJhbGciOi.e30.x", int(time.time()) + 3600

    async def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        """What the SDK asks for."""
        self.asked += 1
        return AccessToken(*self.token())

    async def close(self) -> None:
        """Nothing to close."""

    async def __aenter__(self) -> "Unsigned":
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to close."""


class Signed(Unsigned):
    """A credential whose tokens are signatures that live for some seconds."""

    def __init__(self, uri: str, seconds: int, *, key: str = KEY, name: str = NAME) -> None:
        super().__init__()
        self._uri = uri
        self._seconds = seconds
        self._key = key
        self._name = name

    def token(self) -> tuple[str, int]:
        """A signature and when it ends, as the client is told: not in the past."""
        signed = signature(self._uri, self._seconds, key=self._key, name=self._name)
        return signed, int(time.time()) + abs(self._seconds)
