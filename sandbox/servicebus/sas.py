"""Shared access signatures: tokens signed with a key, and the rights of that key."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox.servicebus.broker.declaration import KeySettings

_PREFIX: Final = "SharedAccessSignature "


class TokenError(Exception):
    """A token that opens nothing; the message says why."""


@dataclass(frozen=True)
class Claim:
    """What a token opens.

    Attributes:
        path: The entity below which it is valid, lower case, empty for the whole namespace.
        rights: Any of listen, send, manage.
        expires: Seconds since the epoch.
    """

    path: str
    rights: frozenset[str]
    expires: float

    def covers(self, address: str, right: str, now: float) -> bool:
        """Whether it opens an entity for a right at a time."""
        if right not in self.rights or now >= self.expires:
            return False
        lowered = address.lower()
        return not self.path or lowered == self.path or lowered.startswith(self.path + "/")


class Keys:
    """The shared access keys of the namespace."""

    def __init__(self, keys: dict[str, KeySettings]) -> None:
        self._keys = keys

    def check_token(self, token: str, audience: str) -> Claim:
        """Checks a token for an audience.

        Raises:
            TokenError: It opens nothing there.
        """
        if not token.startswith(_PREFIX):
            raise TokenError(
                "the token is no SharedAccessSignature; other tokens cannot be checked here"
            )
        parts = dict(parse_qsl(token[len(_PREFIX) :], keep_blank_values=True))
        raw = dict(part.partition("=")[::2] for part in token[len(_PREFIX) :].split("&"))
        missing = [name for name in ("sr", "sig", "se", "skn") if not parts.get(name)]
        if missing:
            raise TokenError(f"the token lacks {', '.join(missing)}")
        key = self._keys.get(parts["skn"])
        signed = f"{raw['sr']}\n{raw['se']}".encode()
        secret = key.key.encode() if key is not None else b"no such key"
        expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest())
        given = unquote(raw["sig"]).encode()
        if not hmac.compare_digest(expected, given) or key is None:
            raise TokenError("the token's signature is wrong: check the key and its name")
        expires = _number(parts["se"])
        if expires <= time.time():
            raise TokenError("the token has expired")
        scope, wanted = path_of(parts["sr"]), path_of(audience)
        if scope and wanted != scope and not wanted.startswith(scope + "/"):
            raise TokenError("the token was made for another entity")
        return Claim(wanted, key.rights, expires)

    def check_plain(self, name: str, secret: str) -> Claim | None:
        """Checks a key given in clear and returns what it opens."""
        key = self._keys.get(name)
        expected = key.key if key is not None else "no such key"
        if not hmac.compare_digest(expected.encode(), secret.encode()) or key is None:
            return None
        return Claim("", key.rights, float("inf"))


def path_of(uri: str) -> str:
    """The entity in `sb://HOST:PORT/ENTITY`, lower case; a bare path as it is."""
    path = urlsplit(uri).path if "://" in uri else uri
    path = path.strip("/").lower()
    return path.removesuffix("/$management")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise TokenError("the token's expiry is no number") from error
