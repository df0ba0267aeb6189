"""Trendyol, International Marketplace, as a Saudi seller sees it."""

from pydantic import BaseModel

from canonical.order import Order
from channels.limiter import Limiter
from channels.port import Channel
from channels.trendyol.abilities import ABILITIES
from channels.trendyol.claims_mapping import order_of_claim
from channels.trendyol.claims_wire import holds_claim, read_claim
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
    """Maps a page, a webhook's body, a single package or a claim.

    Raises:
        ContractError: Naming each field of the first package that does not fit.
    """
    return tuple(_mapped(part, account) for part in packages_in(body))


def _mapped(body: bytes, account: str) -> Order:
    if holds_claim(body):
        return order_of_claim(read_claim(body, account), account)
    return order_of(read_package(body, account), account)
