"""What the orders' timers do: buyers, Amazon's warehouse, Amazon's carrier."""

from collections.abc import Callable
from typing import Any

from sandbox.amazon import course, lifecycle
from sandbox.amazon.model import Order, Package
from sandbox.amazon.statuses import (
    DELIVERED,
    OPEN,
    PENDING,
    PENDING_PICKUP,
    PICKED_UP,
    REJECTED_BY_BUYER,
    RETURNED_TO_SELLER,
    UNSHIPPED,
)
from sandbox.amazon.world import World
from sandbox.engine.clock import now_ms
from sandbox.engine.seeds import rng

RETURN_REASONS = ("UNWANTED_ITEM", "DEFECTIVE", "NOT_AS_DESCRIBED", "ORDERED_WRONG_ITEM")


def register(world: World) -> None:
    """Says what runs under each timer's name."""

    def on(action: str, run: Callable[[World, Order], None]) -> None:
        def fire(details: dict[str, Any]) -> None:
            order = world.orders.get(details["seller"], details["order"])
            if order is not None:
                run(world, order)

        world.timers.on(action, fire)

    on(course.PAY, lifecycle.pay)
    on(course.UNPAID, _unpaid)
    on(course.BUYER_CANCELS, _buyer_cancels)
    on(course.ASK_CANCEL, lambda w, o: lifecycle.ask_to_cancel(w, o, o.fate.buyer_asks_cancel))
    on(course.OVERDUE, _overdue)
    on(course.FBA_SHIP, ship_fba)
    on(course.FBA_RETURN, _return_fba)
    on(course.EASY_SHIP, easy_ship_step)


def _unpaid(world: World, order: Order) -> None:
    if order.status == PENDING:
        items = [item.item_id for item in order.items]
        lifecycle.cancel(world, order, items, "AMAZON", "PaymentDeclined", "amazon")


def _buyer_cancels(world: World, order: Order) -> None:
    """As a buyer may in the first half hour; what is on its way already stays sold."""
    if order.status == UNSHIPPED:
        items = [item.item_id for item in order.items if item.open]
        lifecycle.cancel(world, order, items, "BUYER", "BuyerCanceled", "buyer")


def _overdue(world: World, order: Order) -> None:
    """Not confirmed in time: Amazon cancels what is left (SC 200197960)."""
    if order.status in OPEN and order.easy_ship_status != PENDING_PICKUP:
        items = [item.item_id for item in order.items if item.open]
        lifecycle.cancel(world, order, items, "AMAZON", "SellerDidNotShip", "amazon")


def ship_fba(world: World, order: Order) -> None:
    """Amazon's warehouse sends an order, whole or in two parts."""
    if order.status not in OPEN:
        return
    items = {item.item_id: item.open for item in order.items if item.open}
    partly = order.fate.partly_first and not order.packages and sum(items.values()) > 1
    if partly:
        first = next(iter(items))
        items = {first: max(1, items[first] // 2) if len(items) == 1 else items[first]}
    package = Package(
        reference=str(len(order.packages) + 1),
        carrier="Amazon Logistics",
        method="Standard",
        tracking=f"TBA{world.database.next('tba', 930_000_000_001)}",
        shipped_at=now_ms(),
        items=items,
    )
    lifecycle.ship(world, order, package, "amazon")
    if partly:
        course.ship_rest_later(world, order)


def _return_fba(world: World, order: Order) -> None:
    item = order.items[0]
    chance = rng(world.knobs.seed, "return", order.order_id)
    reason = chance.choice(RETURN_REASONS)
    lifecycle.come_back(world, order, item.item_id, chance.random() < 0.7, reason)


def easy_ship_step(world: World, order: Order) -> None:
    """Amazon's carrier does what comes next."""
    if order.easy_ship_status == PENDING_PICKUP and order.status in OPEN:
        lifecycle.easy_ship(world, order, PICKED_UP, "carrier")
        course.move_on_later(world, order)
    elif order.easy_ship_status == PICKED_UP:
        refused = order.fate.refused
        lifecycle.easy_ship(world, order, REJECTED_BY_BUYER if refused else DELIVERED, "carrier")
        if refused:
            course.move_on_later(world, order)
    elif order.easy_ship_status == REJECTED_BY_BUYER:
        lifecycle.easy_ship(world, order, RETURNED_TO_SELLER, "carrier")
