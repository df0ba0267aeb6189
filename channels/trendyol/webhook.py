"""What Trendyol pushes to us: is it genuine, and which events are in it.

Source: developers.trendyol.com, "Webhook model": the configured key comes back as `x-api-key`, or
username and password as Basic; there is no signature. A body is one package, or `{content: [...]}`.
"""

import base64
import hmac
from collections.abc import Mapping

from channels import jsontext
from channels.port import RawEvent
from channels.trendyol.options import AccountOptions
from channels.trendyol.orders import Identify, raw_event


def is_genuine(headers: Mapping[str, str], options: AccountOptions) -> bool:
    """Compares what the request shows with what was registered, in constant time."""
    if options.webhook_key is None or not options.webhook_key.get_secret_value():
        return False
    key = options.webhook_key.get_secret_value()
    name, expected = "x-api-key", key
    if options.webhook_username:
        pair = f"{options.webhook_username}:{key}"
        name, expected = "authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"
    shown = [value for header, value in headers.items() if header.lower() == name]
    given = shown[0] if len(shown) == 1 else ""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def split(body: bytes, identify: Identify) -> tuple[RawEvent, ...]:
    """Cuts a body into its packages; what can't be read is one event without identity."""
    return tuple(raw_event(package, identify) for package in packages_in(body))


def packages_in(body: bytes) -> tuple[bytes, ...]:
    """The packages of a hook's body or a page, each with its very bytes. Never raises."""
    try:
        cut = jsontext.elements(body, "content")
    except jsontext.NotJsonError:
        cut = None
    return (body,) if cut is None else cut
