"""What the messages of an order feed do, and what is wrong with those that do nothing."""

from sandbox.amazon import lifecycle
from sandbox.amazon.feeds.messages import Acknowledge, Broken, Cancel, Message, Refund, Ship
from sandbox.amazon.feeds.queue import Feed
from sandbox.amazon.market import CURRENCY
from sandbox.amazon.model import Item, Order, Package
from sandbox.amazon.statuses import CANCELLED, OPEN, PENDING
from sandbox.amazon.world import World
from sandbox.engine.clock import now_ms


class Wrong(Exception):
    """Why a message is refused."""


CANCEL_REASONS = frozenset(
    {
        "NoInventory",
        "ShippingAddressUndeliverable",
        "CustomerExchange",
        "BuyerCanceled",
        "GeneralAdjustment",
        "CarrierCreditDecision",
        "RiskAssessmentInformationNotValid",
        "CarrierCoverageFailure",
        "CustomerReturn",
        "MerchandiseNotReceived",
    }
)
"""ASSUMED; which ones amazon.sa takes is unknown."""


def apply(world: World, feed: Feed, message: Message) -> None:
    """Does what a message says.

    Raises:
        Wrong: It cannot be done.
    """
    if isinstance(message, Broken):
        raise Wrong(message.why)
    order = world.orders.get(feed.seller, message.order_id)
    if order is None:
        raise Wrong(f"order {message.order_id!r} is not known")
    if isinstance(message, Cancel):
        _cancel(world, order, message)
    elif isinstance(message, Refund):
        _refund(world, feed, order, message)
    elif isinstance(message, Ship):
        _ship(world, order, message)
    elif isinstance(message, Acknowledge):
        world.ledger.wrote(
            order.seller, feed.type, "acknowledge", order.order_id, "applied", order.order_id
        )


def _cancel(world: World, order: Order, message: Cancel) -> None:
    what = f"cancel:{message.item_id or 'all'}"

    def noted(effect: str) -> None:
        world.ledger.wrote(
            order.seller, "feeds.cancel", what, order.order_id, effect, order.order_id
        )

    items = order.items if not message.item_id else [_item(order, message.item_id)]
    if order.channel == "AFN":
        noted("refused")
        raise Wrong("orders fulfilled by Amazon cannot be cancelled by the seller")
    if message.reason not in CANCEL_REASONS:
        noted("refused")
        raise Wrong(f"reason {message.reason!r} is not known")
    if all(item.cancelled for item in items):
        noted("repeated")
        raise Wrong("the order was cancelled already")
    if order.status not in OPEN | {PENDING} or any(item.shipped for item in items):
        noted("refused")
        raise Wrong(f"the order is {order.status} and cannot be cancelled")
    noted("applied")
    lifecycle.cancel(
        world, order, [item.item_id for item in items], "SELLER", message.reason, "seller"
    )


def _refund(world: World, feed: Feed, order: Order, message: Refund) -> None:
    what = f"refund:{message.item_id}"

    def noted(effect: str) -> None:
        world.ledger.wrote(order.seller, "feeds.refund", what, feed.id, effect, order.order_id)

    item = _item(order, message.item_id)
    left = item.of_kept().total - item.refunded
    if order.channel == "AFN" or order.status in (PENDING, CANCELLED) or not item.shipped:
        noted("refused")
        raise Wrong("only shipped items of the seller's own orders can be refunded")
    if message.currency != CURRENCY or message.amount > left:
        noted("refused")
        raise Wrong(f"{message.amount} {message.currency} is more than {left} {CURRENCY} left")
    noted("applied")
    lifecycle.refund(world, order, item.item_id, message.amount, "seller")


def _ship(world: World, order: Order, message: Ship) -> None:
    open_items = {item.item_id: item.open for item in order.items if item.open}
    items = {message.item_id: message.quantity} if message.item_id else open_items
    legal = all(0 < n <= open_items.get(item_id, 0) for item_id, n in items.items())
    if order.channel == "AFN" or order.easy_ship or order.status not in OPEN or not legal:
        raise Wrong(f"the order is {order.status}: these items cannot be confirmed")
    package = Package(
        reference=str(len(order.packages) + 1),
        carrier=message.carrier,
        method="",
        tracking=message.tracking,
        shipped_at=now_ms(),
        items=items,
    )
    lifecycle.ship(world, order, package, "seller")


def _item(order: Order, item_id: str) -> Item:
    item = order.item(item_id)
    if item is None:
        raise Wrong(f"order {order.order_id} has no item {item_id!r}")
    return item
