"""Ids as docs/bus.md defines them: the order's key and the ids of commands."""

import hashlib
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

KEY_LIMIT = 128
COMMAND_ID_LIMIT = 120
"""What the platform takes as a command id."""


@dataclass(frozen=True)
class Ref:
    """One order at one account of one channel."""

    channel: str
    account: str
    order_id: str

    @classmethod
    def of(cls, value: Any) -> Self:
        """Reads a `ref`.

        Raises:
            ValueError: One of its three parts is missing, empty or not a text.
        """
        parts = [value.get(name) for name in ("channel", "account", "order_id")]
        if not all(isinstance(part, str) and part for part in parts):
            raise ValueError(f"ref must have channel, account and order_id as texts: {value!r}")
        return cls(*parts)

    @property
    def key(self) -> str:
        """`{channel}:{account}:{order_id}`, parts percent-escaped, 128 characters at most."""
        parts = (self.channel, self.account, self.order_id)
        return _bounded(":".join(quote(part, safe="-_.") for part in parts), KEY_LIMIT)

    def as_json(self) -> dict[str, str]:
        """The `ref` of a command."""
        return {"channel": self.channel, "account": self.account, "order_id": self.order_id}


def command_id(ref: Ref, kind: str) -> str:
    """The id of the one command of this kind for this order, equal on every repeat."""
    return _bounded(f"erp-{ref.key}-{kind}", COMMAND_ID_LIMIT)


def _bounded(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:24]
    return f"{text[: limit - 25]}~{digest}"
