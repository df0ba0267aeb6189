"""Places the orders of a plan, one by one, and lets their customers change their minds."""

import random
from typing import Any

from sandbox.engine.seeds import picked, rng
from sandbox.stall import lifecycle
from sandbox.stall.accounts import Seller
from sandbox.stall.orders import OVER, Item, Order
from sandbox.stall.people import someone
from sandbox.stall.plans import Plan
from sandbox.stall.refusals import Refusal
from sandbox.stall.world import World

HOOK_KNOBS = {
    "duplicate_share": "hook_duplicate_share",
    "reorder_share": "hook_reorder_share",
    "lost_hook_share": "hook_lost_share",
}


def register(world: World) -> None:
    """Says what the timers of this module do."""
    world.timers.on("traffic.next", lambda details: _next(world, details["plan"]))
    world.timers.on("traffic.paid", lambda details: _paid(world, details))
    world.timers.on("traffic.cancels", lambda details: _cancels(world, details))


def start(world: World, plan: Plan) -> Plan:
    """Takes a plan in and begins to place its orders."""
    plan.sellers = plan.sellers or sorted(world.sellers)
    shares = {knob: getattr(plan, name) for name, knob in HOOK_KNOBS.items()}
    world.knobs.turn(world.database, {k: share for k, share in shares.items() if share is not None})
    world.plans.add(plan)
    world.timers.after(0, "traffic.next", plan=plan.id)
    return plan


def progress(world: World) -> dict[str, Any]:
    """How far all plans together are, and each of them."""
    rows = [_progress(world, plan) for plan in world.plans.all()]
    names = ("orders", "placed", "finished", "delivered", "cancelled", "returned", "open")
    return {name: sum(row[name] for row in rows) for name in names} | {"plans": rows}


def _progress(world: World, plan: Plan) -> dict[str, Any]:
    states = [order.status for order in world.orders.of_plan(plan.id)]
    ends = {name: states.count(name) for name in sorted(OVER)}
    over = sum(ends.values())
    return {
        "plan": plan.id,
        "orders": plan.orders,
        "placed": plan.placed,
        "finished": over,
        "open": len(states) - over,
        **ends,
    }


def _next(world: World, plan_id: int) -> None:
    plan = world.plans.get(plan_id)
    _place(world, plan, plan.placed)
    plan.placed += 1
    world.plans.save(plan)
    if plan.placed < plan.orders:
        world.timers.after(1 / plan.per_second, "traffic.next", plan=plan.id)


def _place(world: World, plan: Plan, index: int) -> None:
    seller = world.sellers[plan.sellers[index % len(plan.sellers)]]
    chance = rng(plan.seed, plan.id, seller.seller_id, index)

    def chosen(what: str) -> bool:
        share = getattr(plan, f"share_{what}")
        return picked(plan.seed, f"plan{plan.id}/{what}", index, share)

    pending, cancelled = chosen("pending"), chosen("cancelled")
    partly = chosen("partly_cancelled") and not cancelled
    order = new_order(world, seller, chance, lines=chance.randint(1, plan.max_lines))
    order.plan, order.cash_on_delivery = plan.id, chosen("cod")
    order.status = "pending" if pending else "new"
    lifecycle.enter(world, order)
    about = {"seller": order.seller, "order": order.number}
    if pending:
        world.timers.after(chance.uniform(*plan.pending_s), "traffic.paid", **about)
    if cancelled or partly:
        pause = chance.uniform(*plan.cancel_s)
        world.timers.after(pause, "traffic.cancels", **about, whole=cancelled)


def new_order(world: World, seller: Seller, chance: random.Random, *, lines: int = 1) -> Order:
    """An order of the seller's products, placed now, not yet entered."""
    products = chance.sample(seller.catalog, min(lines, len(seller.catalog)))
    buyer, address = someone(chance)
    now = world.now()
    items = []
    for product in products:
        quantity = chance.randint(1, 4)
        most = product.price * quantity // 5
        items.append(
            Item(
                item_id=str(world.database.next(f"item/{seller.seller_id}", 500_001)),
                sku=product.sku,
                name=product.name,
                quantity=quantity,
                unit_price=product.price,
                discount=chance.randint(1, most) if chance.random() < 0.3 and most else 0,
                vat_rate=product.vat_rate,
            )
        )
    return Order(
        seller=seller.seller_id,
        number=world.orders.next_number(seller.seller_id),
        placed_at=now,
        updated_at=now,
        items=items,
        buyer=buyer,
        address=address,
    )


def _paid(world: World, details: dict[str, Any]) -> None:
    order = world.orders.get(details["seller"], details["order"])
    if order is not None and order.status == "pending":
        lifecycle.move(world, order, "new", lifecycle.CUSTOMER)


def _cancels(world: World, details: dict[str, Any]) -> None:
    """The customer changes their mind; too late where the order has left."""
    order = world.orders.get(details["seller"], details["order"])
    if order is None:
        return
    first = order.items[0]
    units = {} if details["whole"] else {first.item_id: 1}
    try:
        lifecycle.cancel(world, order, units, lifecycle.CUSTOMER)
    except Refusal:
        return
