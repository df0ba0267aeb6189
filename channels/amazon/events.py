"""What an event's body is about, and what it says: an order, or a notice of one."""

from canonical.envelope import EventIdentity
from canonical.notice import Notice
from canonical.order import Order
from channels import jsontext
from channels.amazon.abilities import CHANNEL
from channels.amazon.mapping import identity_of, order_of
from channels.amazon.notifications import (
    OPERATION,
    OrderChanged,
    is_notification,
    read_notification,
)
from channels.amazon.options import AccountOptions
from channels.amazon.wire import millis, read_order
from channels.wiretypes import contract_error


def identify(body: bytes, account: str, options: AccountOptions) -> EventIdentity:
    """Whose event it is.

    Raises:
        ContractError: It cannot be read, is about no order, or is another seller's.
    """
    if not holds_notification(body):
        order = read_order(body, account)
        return identity_of(order)
    notice = read_notice(body, account, options)
    return EventIdentity(
        event_id=notice.event_id,
        order_id=notice.order_id,
        version=millis(notice.changed_at),
    )


def to_canonical(body: bytes, account: str, options: AccountOptions) -> Order | Notice:
    """Maps an event.

    Raises:
        ContractError: As `identify` raises it.
    """
    if not holds_notification(body):
        return order_of(read_order(body, account), account)
    notice = read_notice(body, account, options)
    return Notice(order_id=notice.order_id, changed_at=notice.changed_at)


def read_notice(body: bytes, account: str, options: AccountOptions | None) -> OrderChanged:
    """Reads a notification that must be about one of the account's orders.

    Raises:
        ContractError: It is about something else, or another seller's or marketplace's.
    """
    told = read_notification(body, account)
    if not isinstance(told, OrderChanged):
        what = f"is {told.type}, which is not about an order"
        raise contract_error(CHANNEL, account, OPERATION, [("NotificationType", what)])
    if options is None:
        return told
    if told.seller_id != options.seller_id:
        problem = ("SellerId", f"is {told.seller_id}, and this account is {options.seller_id}")
        raise contract_error(CHANNEL, account, OPERATION, [problem], told.order_id)
    if told.marketplace_id not in ("", options.marketplace_id):
        what = f"is {told.marketplace_id}, and this account sells in {options.marketplace_id}"
        problem = ("Summary.MarketplaceId", what)
        raise contract_error(CHANNEL, account, OPERATION, [problem], told.order_id)
    return told


def holds_notification(body: bytes) -> bool:
    """Whether a body is a notification; what cannot be read at all is not."""
    try:
        return is_notification(jsontext.parse(body))
    except jsontext.NotJsonError:
        return False


def orders_in(body: bytes) -> tuple[bytes, ...]:
    """The orders of a page, or the body itself. Never raises."""
    try:
        cut = jsontext.elements(body, "orders")
    except jsontext.NotJsonError:
        cut = None
    return (body,) if cut is None else cut
