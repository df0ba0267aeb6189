"""Places the orders of a traffic plan, one by one, at its pace."""

import random
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import Any

from sandbox.engine.seeds import picked, rng
from sandbox.trendyol import lifecycle
from sandbox.trendyol.accounts import Account, Product
from sandbox.trendyol.model import Line, Unit
from sandbox.trendyol.money import CENT, share_out
from sandbox.trendyol.people import someone
from sandbox.trendyol.placing import fill_address_later, new_line, new_package
from sandbox.trendyol.plans import Plan
from sandbox.trendyol.statuses import AWAITING, CREATED, INVOICED, PICKING, UNDELIVERED
from sandbox.trendyol.world import World

UNKNOWN_STATUS = "InCustomsClearance"
HOOK_KNOBS = {
    "duplicate_share": "hook_duplicate_share",
    "reorder_share": "hook_reorder_share",
    "lost_hook_share": "hook_lost_share",
    "envelope_share": "hook_envelope_share",
}


def register(world: World) -> None:
    """Says what the traffic timer does."""
    world.timers.on("traffic.next", lambda details: _next(world, details["plan"]))


def start(world: World, plan: Plan) -> Plan:
    """Takes a plan in and begins to place its orders."""
    plan.sellers = plan.sellers or sorted(world.accounts)
    shares = {knob: getattr(plan, field) for field, knob in HOOK_KNOBS.items()}
    world.knobs.turn(
        world.database, {knob: share for knob, share in shares.items() if share is not None}
    )
    world.plans.add(plan)
    world.timers.after(0, "traffic.next", plan=plan.id)
    return plan


def progress(world: World) -> dict[str, Any]:
    """How far all plans together are, and each of them."""
    rows = [_progress(world, plan) for plan in world.plans.all()]
    names = ("orders", "placed", "finished", "delivered", "cancelled", "returned", "open")
    return {name: sum(row[name] for row in rows) for name in names} | {"plans": rows}


def _progress(world: World, plan: Plan) -> dict[str, Any]:
    outcomes = world.ledger.outcomes(plan.id)
    count = {name: outcomes.count(name) for name in ("delivered", "cancelled", "returned", "open")}
    finished = len(outcomes) - count["open"]
    return {
        "plan": plan.id,
        "orders": plan.orders,
        "placed": plan.placed,
        "finished": finished,
    } | count


def _next(world: World, plan_id: int) -> None:
    plan = world.plans.get(plan_id)
    _place(world, plan, plan.placed)
    plan.placed += 1
    world.plans.save(plan)
    if plan.hooks_passive_at and plan.placed == ceil(plan.orders * plan.hooks_passive_at):
        _switch_hooks_off(world, plan)
    if plan.placed < plan.orders:
        world.timers.after(1 / plan.per_second, "traffic.next", plan=plan.id)


def _switch_hooks_off(world: World, plan: Plan) -> None:
    for seller in plan.sellers:
        for hook in world.hooks.of_seller(seller):
            if world.deliveries.active(hook.id):
                world.deliveries.passivate(hook)


def _place(world: World, plan: Plan, index: int) -> None:
    account = world.accounts[plan.sellers[index % len(plan.sellers)]]
    chance = rng(plan.seed, plan.id, account.seller_id, index)

    def chosen(what: str) -> bool:
        return picked(plan.seed, f"plan{plan.id}/{what}", index, getattr(plan, f"share_{what}"))

    fate = _fate(chosen, chance)
    lines = _lines(world, account, plan, chance, fate["status"])
    person = someone(chance, account.storefront)
    payment_good = fate.pop("payment_good")
    package = new_package(world, account, lines, person, chance, plan=plan.id, **fate)
    lifecycle.enter(world, package)
    if package.status == AWAITING:
        world.timers.after(
            chance.uniform(*plan.awaiting_s),
            "payment.settled",
            seller=package.seller,
            package_id=package.package_id,
            good=payment_good,
        )
    if package.address_hidden:
        fill_address_later(world, package)


def _fate(chosen: Any, chance: random.Random) -> dict[str, Any]:
    bad_payment = chosen("awaiting_cancelled")
    awaits = chosen("awaiting") or bad_payment
    stages = [CREATED, CREATED, CREATED, PICKING, INVOICED]
    cancelled, partly, split = (chosen(x) for x in ("cancelled", "partly_cancelled", "split"))
    detours = [UNKNOWN_STATUS] if chosen("unknown_status") else []
    undelivered = chosen("undelivered")
    return {
        "status": AWAITING if awaits else CREATED,
        "payment_good": not bad_payment,
        "cancel_at": chance.choice(stages) if cancelled else None,
        "part_cancel_at": chance.choice(stages) if partly and not cancelled else None,
        "split_at": chance.choice(stages) if split and not cancelled and not partly else None,
        "is_cod": chosen("cod"),
        "old_names": chosen("old_names"),
        "address_hidden": chosen("empty_address"),
        "detours": [*detours, UNDELIVERED] if undelivered else detours,
        "ends_as": "Returned" if undelivered else "Delivered",
        "claimed": chosen("claimed") and not undelivered,
    }


def _lines(
    world: World, account: Account, plan: Plan, chance: random.Random, status: str
) -> list[Line]:
    count = min(chance.randint(1, plan.max_lines), len(account.catalog))
    products = chance.sample(account.catalog, count)
    return [
        new_line(world, account, product, index, units=_units(product, chance), status=status)
        for index, product in enumerate(products)
    ]


def _units(product: Product, chance: random.Random) -> list[Unit]:
    quantity = chance.randint(1, 5)
    seller = _discount(product.price * quantity, chance, 0.4)
    trendyol = _discount(product.price * quantity, chance, 0.3)
    return [
        Unit(seller_discount=of_seller, trendyol_discount=of_trendyol)
        for of_seller, of_trendyol in zip(
            share_out(seller, quantity), share_out(trendyol, quantity), strict=True
        )
    ]


def _discount(total: Decimal, chance: random.Random, share: float) -> Decimal:
    """A sum that seldom divides evenly by the units: 1..20 % of the line, in some of the lines."""
    if chance.random() >= share:
        return Decimal(0)
    return (total * chance.randint(10, 200) / 1000).quantize(CENT, rounding=ROUND_HALF_UP)
