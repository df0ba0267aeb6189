"""Who an order is: the same three parts everywhere, and the ids made of them."""

import hashlib
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from canonical.text import NO_CONTROLS

ID_LIMIT = 128
"""Service Bus takes 128 characters in message and session ids; Temporal ids stay below it too."""


class OrderRef(BaseModel):
    """One order at one account of one channel; ids may collide between accounts."""

    model_config = ConfigDict(frozen=True)

    channel: str = Field(min_length=1)
    account: str = Field(min_length=1)
    order_id: str = Field(min_length=1, max_length=300, pattern=NO_CONTROLS)
    """The marketplace's own order number, as text."""

    @property
    def workflow_id(self) -> str:
        """`order:{channel}:{account}:{order_id}`, parts escaped, 128 characters at most."""
        return bounded(f"order:{self.key}")

    @property
    def key(self) -> str:
        """The same parts without the prefix: session id on the bus, correlation in logs."""
        return bounded(":".join(escaped(p) for p in (self.channel, self.account, self.order_id)))


def account_workflow_id(channel: str, account: str) -> str:
    """The account's own entity workflow."""
    return bounded(f"account:{escaped(channel)}:{escaped(account)}")


def poll_workflow_id(channel: str, account: str, subject: str = "orders") -> str:
    """The account's poll of orders or of something else, also the id of its Schedule."""
    whose = f"poll:{escaped(channel)}:{escaped(account)}"
    return bounded(whose if subject == "orders" else f"{whose}:{escaped(subject)}")


def sweep_workflow_id(channel: str, account: str) -> str:
    """The account's search for orders without a workflow, also the id of its Schedule."""
    return bounded(f"sweep:{escaped(channel)}:{escaped(account)}")


def hook_key(channel: str, account: str) -> str:
    """The account in a webhook's URL; some marketplaces take no URL with their own name in it."""
    return hashlib.sha256(f"{escaped(channel)}:{escaped(account)}".encode()).hexdigest()[:20]


def bounded(text: str, limit: int = ID_LIMIT) -> str:
    """Keeps an id within the limit; what is cut off is replaced by a digest of the whole."""
    if len(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:24]
    return f"{text[: limit - 25]}~{digest}"


def escaped(part: str) -> str:
    """One part of an id, free of what parts them."""
    return quote(part, safe="-_.")
