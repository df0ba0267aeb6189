"""What can happen to an order, whoever does it: each change is one revision and one event."""

from sandbox.stall.orders import OVER, Order, Step
from sandbox.stall.refusals import not_possible
from sandbox.stall.world import World

SELLER, CUSTOMER, CARRIER = "seller", "customer", "carrier"
DELIVERS = "order.delivers"


def register(world: World) -> None:
    """Says what the timers of this module do."""

    def delivers(details: dict[str, str]) -> None:
        order = world.orders.get(details["seller"], details["order"])
        if order is not None and order.status == "shipped":
            move(world, order, "delivered", CARRIER)

    world.timers.on(DELIVERS, delivers)


def enter(world: World, order: Order) -> None:
    """An order is placed."""
    _kept(world, order, CUSTOMER)


def move(world: World, order: Order, status: str, by: str, *, tell: bool = True) -> None:
    """The order takes a status, whichever it is."""
    order.status = status
    order.revision += 1
    _kept(world, order, by, tell=tell)


def accept(world: World, order: Order) -> None:
    """The seller takes the order; again changes nothing.

    Raises:
        Refusal: It is not there to be accepted any more, or not yet.
    """
    if order.status == "accepted":
        world.writes.note(order.seller, order.number, "accept", "repeated")
        return
    if order.status != "new":
        raise _refused(world, order, "accept")
    world.writes.note(order.seller, order.number, "accept", "applied")
    move(world, order, "accepted", SELLER)


def ship(world: World, order: Order, carrier: str, tracking: str) -> None:
    """The seller hands the order over; again with the same number changes nothing.

    Raises:
        Refusal: It was not accepted, is cancelled, or has left with another number.
    """
    if order.gone and (order.carrier, order.tracking) == (carrier, tracking):
        world.writes.note(order.seller, order.number, "ship", "repeated")
        return
    if order.status != "accepted":
        raise _refused(world, order, "ship")
    order.carrier, order.tracking = carrier, tracking
    world.writes.note(order.seller, order.number, "ship", "applied")
    move(world, order, "shipped", SELLER)
    if order.carrier_drives:
        low, high = world.plans.get(order.plan).deliver_s
        world.timers.after((low + high) / 2, DELIVERS, seller=order.seller, order=order.number)


def cancel(world: World, order: Order, units: dict[str, int], by: str) -> None:
    """Units cannot be supplied, or are not wanted: `units` by item id, empty for all.

    Raises:
        Refusal: The order has left or is over, an item is not in it, or has fewer units left.
    """
    left = {item.item_id: item.quantity - item.cancelled for item in order.items}
    wanted = units or left
    if order.status not in ("pending", "new", "accepted"):
        raise _refused(world, order, "cancel", by)
    if any(count > left.get(item, 0) or count < 1 for item, count in wanted.items()):
        raise _refused(world, order, "cancel", by)
    for item in order.items:
        item.cancelled += wanted.get(item.item_id, 0)
    if by == SELLER:
        world.writes.note(order.seller, order.number, "cancel", "applied")
    rest = any(item.quantity > item.cancelled for item in order.items)
    move(world, order, order.status if rest else "cancelled", by)


def _refused(world: World, order: Order, what: str, by: str = SELLER) -> Exception:
    if by == SELLER:
        world.writes.note(order.seller, order.number, what, "refused")
        # The refusal ends the call; what was counted is kept all the same.
        world.database.commit()
    over = " and over" if order.status in OVER else ""
    return not_possible(f"Order {order.number} is {order.status}{over}: {what} is not possible.")


def _kept(world: World, order: Order, by: str, *, tell: bool = True) -> None:
    order.updated_at = max(world.now(), order.updated_at + (order.revision > 1))
    order.history.append(Step(status=order.status, at=order.updated_at, by=by))
    world.orders.save(order)
    if tell:
        world.tell(order)
