"""Amazon, as a seller on amazon.sa sees it: own shipments, Amazon's, and the reports of both."""

from pydantic import BaseModel

from canonical.order import Order
from channels.amazon.abilities import ABILITIES
from channels.amazon.events import holds_notification, orders_in, read_notice
from channels.amazon.mapping import order_of
from channels.amazon.notifications import OPERATION
from channels.amazon.options import AccountOptions
from channels.amazon.wire import read_order
from channels.limiter import Limiter
from channels.port import Channel
from channels.wiretypes import contract_error

__all__ = ["ABILITIES", "AccountOptions", "connect", "map_file"]


def connect(account: str, options: BaseModel, limiter: Limiter) -> Channel:
    """Opens one account. Connections are made at the first call."""
    if not isinstance(options, AccountOptions):
        raise TypeError(f"options must be {AccountOptions.__name__}, not {type(options).__name__}")
    # Only here, since what just reads notifications should not pay for an HTTP client's import.
    from channels.amazon.client import AmazonChannel

    return AmazonChannel(account, options, limiter)


def map_file(body: bytes, account: str) -> tuple[Order, ...]:
    """Maps a page of a search, or the answer of `getOrder`.

    Raises:
        ContractError: Naming each field of the first order that does not fit; or the body is a
            notification, which brings no order.
    """
    if holds_notification(body):
        notice = read_notice(body, account, None)
        what = f"is of order {notice.order_id} and brings nothing of it: the order must be read"
        raise contract_error("amazon", account, OPERATION, [("", what)], notice.order_id)
    return tuple(order_of(read_order(part, account), account) for part in orders_in(body))
