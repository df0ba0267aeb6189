"""Cursors of the order stream: opaque, bound to their filters, short-lived."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.errors import bad_request
from sandbox.trendyol.packages import Position

KEY = "nextCursor"


@dataclass(frozen=True)
class Cursor:
    """Where a walk stands: below which package, in which window, under which filters."""

    filters: str
    start: int
    end: int
    below: Position
    issued: int

    def encode(self, seed: int) -> str:
        """The cursor as callers get it."""
        fields = [self.filters, self.start, self.end, *self.below, self.issued]
        plain = json.dumps(fields).encode()
        return urlsafe_b64encode(_mark(seed, plain) + plain).decode().rstrip("=")


def read(text: str, seed: int, filters: str, life_s: float) -> Cursor:
    """Reads a cursor back.

    Raises:
        ApiError: 400 for a cursor that is not ours, is too old, or came under other filters.
    """
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as trouble:
        raise bad_request("invalid.cursor", "nextCursor is invalid") from trouble
    mark, plain = data[:16], data[16:]
    if not hmac.compare_digest(mark, _mark(seed, plain)):
        raise bad_request("invalid.cursor", "nextCursor is invalid")
    made_under, start, end, changed, package_id, issued = json.loads(plain)
    if made_under != filters:
        raise bad_request("cursor.filter.mismatch", "nextCursor belongs to other filters")
    if now_ms() - issued > life_s * 1000:
        raise bad_request("cursor.expired", "nextCursor has expired, start from the first page")
    return Cursor(made_under, start, end, (changed, package_id), issued)


def digest(*filters: object) -> str:
    """A short mark of the filters that a cursor is bound to."""
    return hashlib.sha256(repr(filters).encode()).hexdigest()[:12]


def _mark(seed: int, plain: bytes) -> bytes:
    return hmac.new(f"cursor{seed}".encode(), plain, hashlib.sha256).digest()[:16]
