"""What an operator can read: health, progress, subscriptions, the ledger."""

from typing import Any

from aiohttp import web

from sandbox.amazon import traffic as traffic_plans
from sandbox.amazon.operator.answers import account_of
from sandbox.amazon.world import World

COUNTS = (
    "events",
    "sent",
    "delivered",
    "failed",
    "duplicated",
    "reordered",
    "reorderedSameSubject",
    "lost",
    "undeliverable",
)


async def health(world: World, _request: web.Request) -> object:
    """GET /_sandbox/health."""
    return {
        "status": "ok",
        "sellers": sorted(world.accounts),
        "timeScale": world.knobs.time_scale,
    }


async def traffic(world: World, _request: web.Request) -> object:
    """GET /_sandbox/traffic."""
    return traffic_plans.progress(world)


async def subscriptions(world: World, _request: web.Request) -> object:
    """GET /_sandbox/subscriptions."""
    return [
        {
            "seller": each.seller,
            "type": each.type,
            "arn": world.subscriptions.arn(each),
            "pending": world.deliveries.pending(each.seller),
            **each.wire(),
        }
        for each in world.subscriptions.all()
    ]


async def ledger(world: World, request: web.Request) -> object:
    """GET /_sandbox/ledger: everything, one seller's, or one order's."""
    seller, order_id = request.query.get("seller"), request.query.get("order")
    if seller is not None:
        account_of(world, seller)
    with_orders = request.query.get("orders", "true") != "false"
    sellers = [seller] if seller else sorted(world.accounts)
    applications = {each.application_id for each in world.accounts.values()}
    return {
        "accounts": {each: _account(world, each, order_id, with_orders) for each in sellers},
        "applications": {each: {"calls": world.meter.report(each)} for each in applications},
        "unknown": {"calls": world.meter.report("nobody")},
        "quotas": world.quotas.report(),
        "timeScale": world.knobs.time_scale,
        "traffic": traffic_plans.progress(world),
    }


def _account(world: World, seller: str, order_id: str | None, with_orders: bool) -> dict[str, Any]:
    counts = world.deliveries.counts[seller]
    report: dict[str, Any] = {
        "writes": world.ledger.writes(seller),
        "notifications": {name: counts[name] for name in COUNTS}
        | {"pending": world.deliveries.pending(seller)},
        "calls": world.meter.report(seller),
        "offers": {each.sku: each.report() for each in world.stocks.of_seller(seller)},
        "documents": world.ledger.documents(seller),
        "reports": [each.wire() for each in world.reports.of_seller(seller)],
        "feeds": [each.wire() | each.outcome for each in world.feeds.of_seller(seller)],
    }
    if order_id is not None:
        order = world.ledger.order(seller, order_id)
        report["orders"] = {} if order is None else {order_id: order}
    elif with_orders:
        report["orders"] = world.ledger.orders(seller)
    return report
