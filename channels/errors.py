"""Marketplace errors by what is to be done about them, never by HTTP status.

ChannelError
├── UnavailableError   network, 5xx, timeout before anything was sent: try again
├── ThrottledError     a quota is used up: try again at the slot
├── CredentialsError   key, token or user agent refused: the account stops
├── RefusedError       the marketplace understood and said no: a person decides
├── AmbiguousError     sent, and no answer that tells: read back, then decide
└── ContractError      what came does not fit the wire model: dead letter or attention
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass
class ChannelError(Exception):
    """Base of all errors of a channel.

    Attributes:
        channel: The marketplace.
        account: The seller's account at it.
        operation: The client's name of the call.
        message: What happened, in the marketplace's words where it gave any.
        order_id: The order it is about, where it is about one.
        hint: What a person can do next.
    """

    channel: str
    account: str
    operation: str
    message: str
    order_id: str | None = None
    hint: str = ""

    def __str__(self) -> str:
        about = f" of order {self.order_id}" if self.order_id else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.channel}/{self.account}: {self.operation}{about}: {self.message}{hint}"


@dataclass
class UnavailableError(ChannelError):
    """Nobody answered, or the marketplace is broken; nothing was applied."""


@dataclass
class ThrottledError(ChannelError):
    """A quota is used up."""

    retry_after: timedelta = timedelta(seconds=1)


@dataclass
class CredentialsError(ChannelError):
    """The account may not call; repeating does not help."""


@dataclass
class RefusedError(ChannelError):
    """The marketplace refused this order or this data."""

    code: str = ""


@dataclass
class AmbiguousError(ChannelError):
    """It may have been applied."""


@dataclass
class ContractError(ChannelError):
    """A body that the wire model does not fit; `fields` names where."""

    fields: tuple[str, ...] = ()
