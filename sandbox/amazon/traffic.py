"""Places the orders of a traffic plan, one by one, at its pace."""

from collections.abc import Callable
from typing import Any

from sandbox.amazon import lifecycle
from sandbox.amazon.documents import dropping
from sandbox.amazon.ledger import outcome
from sandbox.amazon.market import MARKETPLACE_ID
from sandbox.amazon.model import Fate
from sandbox.amazon.people import someone
from sandbox.amazon.placing import new_order, some_items
from sandbox.amazon.plans import Plan
from sandbox.amazon.reports import making, paying, types
from sandbox.amazon.reports.queue import Report
from sandbox.amazon.statuses import PENDING, UNSHIPPED
from sandbox.amazon.world import World
from sandbox.engine.clock import DAY_MS, now_ms
from sandbox.engine.seeds import picked, rng

KNOBS = {
    "duplicate_share": "notification_duplicate_share",
    "reorder_share": "notification_reorder_share",
    "lost_hook_share": "notification_lost_share",
}
CANCEL_WISHES = ("Order created by mistake", "Found a better price", "Shipping takes too long")
LOOK_AGAIN_S = 0.3
INVOICE_EACH = 10
OUTCOMES = ("delivered", "cancelled", "returned", "open")
ENDS = "shipped"
"""Of the finished ones those that the API goes on showing as shipped."""


def register(world: World) -> None:
    """Says what the traffic's timers do."""
    world.timers.on("traffic.next", lambda details: _next(world, details["plan"]))
    world.timers.on("traffic.documents", lambda details: _documents(world, details["plan"]))
    dropping.register(world)


def start(world: World, plan: Plan) -> Plan:
    """Takes a plan in and begins to place its orders."""
    plan.sellers = plan.sellers or sorted(world.accounts)
    shares = {knob: getattr(plan, field) for field, knob in KNOBS.items()}
    world.knobs.turn(
        world.database, {knob: share for knob, share in shares.items() if share is not None}
    )
    world.plans.add(plan)
    world.timers.after(0, "traffic.next", plan=plan.id)
    return plan


def progress(world: World) -> dict[str, Any]:
    """How far all plans together are, and each of them."""
    rows = [_progress(world, plan) for plan in world.plans.all()]
    names = ("orders", "placed", "finished", ENDS, *OUTCOMES)
    return {name: sum(row[name] for row in rows) for name in names} | {"plans": rows}


def _progress(world: World, plan: Plan) -> dict[str, Any]:
    outcomes = world.ledger.outcomes(plan.id)
    count = {name: outcomes.count(name) for name in OUTCOMES}
    return {
        "plan": plan.id,
        "orders": plan.orders,
        "placed": plan.placed,
        "finished": len(outcomes) - count["open"],
        ENDS: world.ledger.ending_shipped(plan.id),
        "documentsDue": plan.documents and not plan.documents_done,
    } | count


def _next(world: World, plan_id: int) -> None:
    plan = world.plans.get(plan_id)
    _place(world, plan, plan.placed)
    plan.placed += 1
    world.plans.save(plan)
    if plan.placed < plan.orders:
        world.timers.after(1 / plan.per_second, "traffic.next", plan=plan.id)
    elif plan.documents:
        world.timers.after(LOOK_AGAIN_S, "traffic.documents", plan=plan.id)


def _place(world: World, plan: Plan, index: int) -> None:
    account = world.accounts[plan.sellers[index % len(plan.sellers)]]
    chance = rng(plan.seed, plan.id, account.seller_id, index)
    fba = _picked(plan, "fba", index)
    place = plan.counted("fba" if fba else "merchant")
    easy_ship = not fba and _picked(plan, "easy_ship", place)

    def chosen(what: str) -> bool:
        return _picked(plan, what, place)

    pays = not _picked(plan, "pending_cancelled", index)
    pending = _picked(plan, "pending", index) or not pays
    cancels = pays and _picked(plan, "cancelled", index)
    asks = not fba and pays and not cancels and chosen("cancel_request")
    fate = Fate(
        pays=pays,
        buyer_cancels=cancels,
        buyer_asks_cancel=chance.choice(CANCEL_WISHES) if asks else "",
        partly_first=fba and chosen("fba_partial"),
        refused=easy_ship and not asks and chosen("refused"),
        # The first one always comes back, so that there is a report of returns.
        returned=fba and pays and (chosen("fba_returned") or place == 0),
    )
    items = some_items(world, account, chance, plan.max_lines, _dice(plan, chance.random))
    order = new_order(
        world,
        account,
        items,
        someone(chance),
        channel="AFN" if fba else "MFN",
        easy_ship=easy_ship,
        status=PENDING if pending else UNSHIPPED,
        cod=_picked(plan, "cod", index),
        business=_picked(plan, "business", index),
        plan=plan.id,
        fate=fate,
    )
    lifecycle.enter(world, order)


def _picked(plan: Plan, what: str, index: int) -> bool:
    return picked(plan.seed, f"plan{plan.id}/{what}", index, getattr(plan, f"share_{what}"))


def _dice(plan: Plan, roll: Callable[[], float]) -> Callable[[str], bool]:
    """Chance by line, where a share need not be exact."""
    return lambda what: roll() < getattr(plan, f"share_{what}")


def _documents(world: World, plan_id: int) -> None:
    """Once all orders are finished: pays out, makes the scheduled reports, drops invoices."""
    plan = world.plans.get(plan_id)
    finished = all(each != "open" for each in world.ledger.outcomes(plan.id))
    if plan.documents_done:
        return
    if not finished:
        world.timers.after(LOOK_AGAIN_S, "traffic.documents", plan=plan.id)
        return
    newest = max(each.updated_at for s in plan.sellers for each in world.orders.of_seller(s))
    if now_ms() < newest + world.knobs.lag_ms() + 100:
        world.timers.after(LOOK_AGAIN_S, "traffic.documents", plan=plan.id)
        return
    for seller in plan.sellers:
        make_documents(world, seller)
        _drop_invoices(world, plan, seller)
    plan.documents_done = True
    world.plans.save(plan)


def make_documents(world: World, seller: str) -> None:
    """A settlement, and the reports that a schedule in Seller Central would make."""
    paying.settle(world, seller)
    now = now_ms()
    for kind in (types.ALL_ORDERS, types.FBA_SHIPMENTS, types.FBA_RETURNS):
        report = Report(
            id=world.reports.new_id(),
            seller=seller,
            type=kind,
            marketplaces=[MARKETPLACE_ID],
            start=now - 30 * DAY_MS,
            end=now,
            created_at=now,
        )
        making.enqueue(world, report)


def _drop_invoices(world: World, plan: Plan, seller: str) -> None:
    sold = [
        order
        for order in world.orders.of_seller(seller)
        if order.plan == plan.id and outcome(order) == "delivered"
    ]
    for order in sold[::INVOICE_EACH]:
        dropping.drop_later(world, order)
