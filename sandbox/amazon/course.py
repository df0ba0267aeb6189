"""What follows by itself: timers set when an order reaches a status."""

from sandbox.amazon.model import Order
from sandbox.amazon.statuses import PENDING, SHIPPED, UNSHIPPED
from sandbox.amazon.world import World
from sandbox.engine.clock import now_ms
from sandbox.engine.seeds import rng

PAY = "order.pay"
UNPAID = "order.unpaid"
BUYER_CANCELS = "order.buyer_cancels"
ASK_CANCEL = "order.ask_cancel"
OVERDUE = "order.overdue"
FBA_SHIP = "fba.ship"
FBA_RETURN = "fba.return"
EASY_SHIP = "easy_ship.next"


def follow(world: World, order: Order) -> None:
    """Sets the timers of a status that was just reached."""
    plan, fate = world.plans.get(order.plan), order.fate
    if order.status == UNSHIPPED and fate.buyer_cancels:
        _later(world, order, BUYER_CANCELS, plan.cancel_s)
    if order.status == PENDING and fate.carrier:
        _later(world, order, PAY if fate.pays else UNPAID, plan.pending_s)
    elif order.status == UNSHIPPED and order.channel == "AFN":
        if fate.carrier:
            _later(world, order, FBA_SHIP, plan.ship_s)
    elif order.status == UNSHIPPED:
        if fate.buyer_asks_cancel:
            _later(world, order, ASK_CANCEL, plan.cancel_s)
        promised = max(0, order.ship_by - now_ms()) / 1000
        wait = world.knobs.scaled(promised + world.knobs.overdue_s)
        world.timers.after(wait, OVERDUE, seller=order.seller, order=order.order_id)
    elif order.status == SHIPPED and fate.returned:
        _later(world, order, FBA_RETURN, plan.return_s)


def pick_up_later(world: World, order: Order) -> None:
    """Amazon's carrier comes for an Easy Ship parcel."""
    if order.fate.carrier:
        _later(world, order, EASY_SHIP, world.plans.get(order.plan).ship_s)


def move_on_later(world: World, order: Order) -> None:
    """Amazon's carrier moves an Easy Ship parcel on."""
    if order.fate.carrier:
        _later(world, order, EASY_SHIP, world.plans.get(order.plan).deliver_s)


def ship_rest_later(world: World, order: Order) -> None:
    """Amazon's warehouse sends the rest of an order."""
    _later(world, order, FBA_SHIP, world.plans.get(order.plan).ship_s)


def _later(world: World, order: Order, action: str, span: tuple[float, float]) -> None:
    seed = world.plans.get(order.plan).seed
    chance = rng(seed, order.seller, order.order_id, action, order.status, order.easy_ship_status)
    world.timers.after(chance.uniform(*span), action, seller=order.seller, order=order.order_id)
