"""Tokens of pages: opaque, signed, bound to what was asked, short-lived."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from sandbox.amazon.errors import invalid
from sandbox.engine.clock import now_ms


def give(seed: int, seller: str, operation: str, state: dict[str, Any]) -> str:
    """A token that carries a state."""
    plain = json.dumps([seller, operation, now_ms(), state]).encode()
    return urlsafe_b64encode(_mark(seed, plain) + plain).decode().rstrip("=")


def take(seed: int, seller: str, operation: str, text: str, life_s: float) -> dict[str, Any]:
    """The state of a token.

    Raises:
        ApiError: 400, it is not ours, another's, or too old.
    """
    try:
        whole = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as trouble:
        raise invalid("The pagination token is invalid.") from trouble
    mark, plain = whole[:16], whole[16:]
    if not hmac.compare_digest(mark, _mark(seed, plain)):
        raise invalid("The pagination token is invalid.")
    owner, issuer, issued, state = json.loads(plain)
    if (owner, issuer) != (seller, operation):
        raise invalid("The pagination token is invalid.")
    if now_ms() - issued > life_s * 1000:
        raise invalid("The pagination token has expired.")
    found: dict[str, Any] = state
    return found


def _mark(seed: int, plain: bytes) -> bytes:
    return hmac.new(f"pages/{seed}".encode(), plain, hashlib.sha256).digest()[:16]
