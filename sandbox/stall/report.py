"""The ledger: what really happened, in the stand-in's own words."""

from typing import Any

from sandbox.stall import traffic
from sandbox.stall.orders import OVER, Order
from sandbox.stall.world import World

HOOK_COUNTS = (
    "events", "sent", "delivered", "failed", "duplicated", "reordered", "reorderedSamePackage",
    "lost", "lostPassive", "passivations",
)  # fmt: skip


def ledger(world: World, seller: str | None, number: str | None, orders: bool) -> dict[str, Any]:
    """Everything, one seller's, or one order's."""
    sellers = [seller] if seller else sorted(world.sellers)
    return {
        "accounts": {each: _account(world, each, number, orders) for each in sellers},
        "quotas": world.knobs.quotas,
        "timeScale": world.knobs.time_scale,
        "traffic": traffic.progress(world),
    }


def _account(world: World, seller: str, number: str | None, orders: bool) -> dict[str, Any]:
    counts = world.hooks.counts[seller]
    pending = sum(world.postman.pending(hook) for hook in world.hooks.of_seller(seller))
    report: dict[str, Any] = {
        "writes": world.writes.report(seller),
        "hooks": {name: counts[name] for name in HOOK_COUNTS} | {"pending": pending},
        "calls": world.meter.report(seller),
    }
    if orders:
        known = world.orders.of_seller(seller)
        report["orders"] = {x.number: told(x) for x in known if number in (None, x.number)}
    return report


def told(order: Order) -> dict[str, Any]:
    """One order with its sums."""
    return order.model_dump(mode="json") | {"total": order.total, "finished": order.status in OVER}
