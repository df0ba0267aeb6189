"""A marketplace for the kit to be tried on: small, and with everything that a channel can have."""

from pydantic import BaseModel

from canonical.order import Order
from channels.limiter import Limiter
from channels.port import Channel
from tests.conformance.toy.abilities import ABILITIES
from tests.conformance.toy.client import ToyChannel
from tests.conformance.toy.mapping import order_of
from tests.conformance.toy.options import AccountOptions
from tests.conformance.toy.wire import read_order

__all__ = ["ABILITIES", "AccountOptions", "connect", "map_file"]


def connect(account: str, options: BaseModel, limiter: Limiter) -> Channel:
    """Opens one account."""
    if not isinstance(options, AccountOptions):
        raise TypeError(f"options must be {AccountOptions.__name__}, not {type(options).__name__}")
    return ToyChannel(account, options, limiter)


def map_file(body: bytes, account: str) -> tuple[Order, ...]:
    """Maps one order."""
    return (order_of(read_order(body, account), account),)
