"""What the toy pushes to us: an order, with a signature over its bytes."""

import hashlib
import hmac
from collections.abc import Mapping

from tests.conformance.toy.options import AccountOptions

HEADER = "X-Toy-Signature"


def is_genuine(headers: Mapping[str, str], body: bytes, options: AccountOptions) -> bool:
    """Compares the signature, in constant time."""
    shown = [value for name, value in headers.items() if name.lower() == HEADER.lower()]
    given = shown[0] if len(shown) == 1 else ""
    return hmac.compare_digest(given.encode("utf-8", "replace"), signature(body, options).encode())


def signature(body: bytes, options: AccountOptions) -> str:
    """HMAC-SHA256 over the body."""
    key = options.webhook_secret.get_secret_value().encode()
    return hmac.new(key, body, hashlib.sha256).hexdigest()
