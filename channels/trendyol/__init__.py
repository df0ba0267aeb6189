"""Trendyol, International Marketplace, as a Saudi seller sees it."""

from pydantic import BaseModel

from canonical.order import Order
from channels.limiter import Limiter
from channels.port import Channel
from channels.trendyol.abilities import ABILITIES
from channels.trendyol.client import TrendyolChannel
from channels.trendyol.mapping import order_of
from channels.trendyol.options import AccountOptions
from channels.trendyol.webhook import packages_in
from channels.trendyol.wire import read_package

__all__ = ["ABILITIES", "AccountOptions", "connect", "map_file"]


def connect(account: str, options: BaseModel, limiter: Limiter) -> Channel:
    """Opens one account. Connections are made at the first call."""
    if not isinstance(options, AccountOptions):
        raise TypeError(f"options must be {AccountOptions.__name__}, not {type(options).__name__}")
    return TrendyolChannel(account, options, limiter)


def map_file(body: bytes, account: str) -> tuple[Order, ...]:
    """Maps a page, a webhook's body or a single package.

    Raises:
        ContractError: Naming each field of the first package that does not fit.
    """
    return tuple(order_of(read_package(p, account), account) for p in packages_in(body))
