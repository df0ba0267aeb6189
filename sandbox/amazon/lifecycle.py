"""How orders change: one function per thing that can happen to them."""

from collections.abc import Iterable
from decimal import Decimal

from sandbox.amazon import course
from sandbox.amazon.model import Order, Package, Return, Schedule
from sandbox.amazon.notifications.kinds import FBA_INVENTORY, ORDER_CHANGE
from sandbox.amazon.notifications.payloads import fba_inventory, order_change
from sandbox.amazon.statuses import (
    CANCELLED,
    DELIVERED,
    OPEN,
    PENDING,
    PENDING_PICKUP,
    PENDING_SCHEDULE,
    PICKED_UP,
    SHIPPED,
    UNSHIPPED,
)
from sandbox.amazon.world import World
from sandbox.engine.clock import now_ms

STATUS = "OrderStatusChange"
BUYER = "BuyerRequestedChange"

EASY_SHIP_PACKAGE = {
    PICKED_UP: "PickedUp",
    DELIVERED: "Delivered",
    "RejectedByBuyer": "Rejected",
    "ReturnedToSeller": "ReturnedToSeller",
}
"""EasyShipShipmentStatus, and packageStatus of the Easy Ship API."""


def enter(world: World, order: Order) -> None:
    """Takes a new order in: units are reserved, whoever ships them."""
    for item in order.items:
        _reserve(world, order, item.sku, item.quantity)
    world.save(order, "buyer")
    tell(world, order)
    course.follow(world, order)


def pay(world: World, order: Order) -> None:
    """A pending order becomes one that can be shipped."""
    if order.status == PENDING:
        order.status = UNSHIPPED
        order.easy_ship_status = easy_ship_start(order.easy_ship, order.status)
        world.save(order, "buyer")
        tell(world, order)
        course.follow(world, order)


def ask_to_cancel(world: World, order: Order, reason: str) -> None:
    """The buyer asks; the seller decides."""
    if order.status not in OPEN:
        return
    for item in order.items:
        if item.open:
            item.cancel_request = reason
    world.save(order, "buyer")
    tell(world, order, BUYER, "Buyer Requested Cancel")


def cancel(
    world: World, order: Order, items: Iterable[str], who: str, reason: str, by: str
) -> None:
    """Units that were not shipped are not going to be.

    Args:
        world: The sandbox.
        order: The order.
        items: Ids of the items.
        who: BUYER, SELLER or AMAZON, as 2026-01-01 says it.
        reason: What is shown as cancelReason.
        by: Who did it, for the ledger.
    """
    wanted = set(items)
    for item in order.items:
        if item.item_id in wanted and item.open:
            _release(world, order, item.sku, item.open)
            item.cancelled += item.open
            item.cancelled_by, item.cancel_reason = who, reason
    if order.status == PENDING:
        if all(item.cancelled == item.quantity for item in order.items):
            order.status = CANCELLED
    else:
        order.settle()
    if order.status == CANCELLED and order.schedule is not None:
        order.easy_ship_status = order.schedule.status = "LabelCanceled"
    world.save(order, by)
    tell(world, order)


def ship(world: World, order: Order, package: Package, by: str) -> None:
    """A package leaves; one of the same reference is replaced by it."""
    before = order.package(package.reference)
    if before is not None:
        for item in order.items:
            item.shipped -= before.items.get(item.item_id, 0)
        order.packages[order.packages.index(before)] = package
    else:
        order.packages.append(package)
    for item in order.items:
        sent = package.items.get(item.item_id, 0)
        item.shipped += sent
        if order.channel == "AFN" and sent:
            _leave(world, order, item.sku, sent)
    order.settle()
    world.save(order, by)
    tell(world, order)
    if order.status == SHIPPED:
        course.follow(world, order)


def schedule(world: World, order: Order, planned: Schedule, by: str) -> None:
    """An Easy Ship parcel is going to be handed over."""
    order.schedule = planned
    order.easy_ship_status = PENDING_PICKUP
    world.save(order, by)
    tell(world, order)


def easy_ship(world: World, order: Order, status: str, by: str) -> None:
    """The carrier moves an Easy Ship parcel on."""
    order.easy_ship_status = status
    if order.schedule is not None:
        order.schedule.status = EASY_SHIP_PACKAGE.get(status, order.schedule.status)
    if status == PICKED_UP and order.schedule is not None:
        sent = {item.item_id: item.open for item in order.items if item.open}
        package = Package(
            reference="1",
            carrier="Amazon Shipping",
            method="EasyShip",
            tracking=order.schedule.tracking,
            shipped_at=now_ms(),
            items=sent,
        )
        ship(world, order, package, by)
        return
    if status == "ReturnedToSeller":
        for item in order.items:
            item.returned = item.shipped
    world.save(order, by)
    tell(world, order)


def refund(world: World, order: Order, item_id: str, amount: Decimal, by: str) -> None:
    """Money goes back to the buyer; no notification tells of it."""
    item = order.item(item_id)
    if item is not None:
        item.refunds = [*item.refunds, amount]
        world.save(order, by)


def come_back(world: World, order: Order, item_id: str, sellable: bool, reason: str) -> None:
    """An FBA item returns to Amazon's warehouse, and Amazon refunds it."""
    item = order.item(item_id)
    stock = world.stocks.get(order.seller, item.sku) if item else None
    if item is None or stock is None or order.status != SHIPPED:
        return
    units = item.shipped - item.returned
    item.returned += units
    item.refunds = [*item.refunds, item.of_kept().total - item.refunded]
    plate = f"LPNSA{world.database.next('plate', 700_000_001)}"
    order.returns.append(
        Return(
            item_id=item_id,
            quantity=units,
            at=now_ms(),
            sellable=sellable,
            reason=reason,
            plate=plate,
        )
    )
    if sellable:
        world.stocks.move_fba(stock, fulfillable=units)
    else:
        world.stocks.move_fba(stock, unfulfillable=units)
    tell_stock(world, order.seller, item.sku)
    world.save(order, "amazon")


def tell(
    world: World, order: Order, change_type: str = STATUS, reason: str = "OrderStatusChange"
) -> None:
    """ORDER_CHANGE to whoever subscribed."""
    payload = order_change(order, change_type, reason)
    world.deliveries.announce(
        order.seller, ORDER_CHANGE, order.order_id, payload, order.updated_at, change_type
    )


def tell_stock(world: World, seller: str, sku: str) -> None:
    """FBA_INVENTORY_AVAILABILITY_CHANGES to whoever subscribed."""
    stock = world.stocks.get(seller, sku)
    if stock is not None:
        payload = fba_inventory(stock)
        world.deliveries.announce(seller, FBA_INVENTORY, sku, payload, stock.fba_changed_at)


def easy_ship_start(easy_ship_order: bool, status: str) -> str:
    """EasyShipShipmentStatus of an order that was just placed or paid for."""
    return PENDING_SCHEDULE if easy_ship_order and status != PENDING else ""


def _reserve(world: World, order: Order, sku: str, units: int) -> None:
    if order.channel == "MFN":
        world.stocks.sell(order.seller, sku, units)
    elif (stock := world.stocks.get(order.seller, sku)) is not None:
        world.stocks.move_fba(stock, fulfillable=-units, reserved=units)
        tell_stock(world, order.seller, sku)


def _release(world: World, order: Order, sku: str, units: int) -> None:
    stock = world.stocks.get(order.seller, sku)
    if order.channel == "AFN" and stock is not None:
        world.stocks.move_fba(stock, fulfillable=units, reserved=-units)
        tell_stock(world, order.seller, sku)


def _leave(world: World, order: Order, sku: str, units: int) -> None:
    stock = world.stocks.get(order.seller, sku)
    if stock is not None:
        world.stocks.move_fba(stock, reserved=-units)
        tell_stock(world, order.seller, sku)
