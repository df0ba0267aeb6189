"""What an operator can read: health, progress, hooks, the ledger."""

from typing import Any

from aiohttp import web

from sandbox.trendyol import traffic as traffic_plans
from sandbox.trendyol.claims import Claim
from sandbox.trendyol.operator.answers import Wrong
from sandbox.trendyol.world import World

HOOK_COUNTS = (
    "events",
    "sent",
    "delivered",
    "failed",
    "duplicated",
    "reordered",
    "reorderedSamePackage",
    "lost",
    "lostPassive",
    "passivations",
)


async def health(world: World, _request: web.Request) -> object:
    """GET /_sandbox/health."""
    return {"status": "ok", "sellers": sorted(world.accounts)}


async def traffic(world: World, _request: web.Request) -> object:
    """GET /_sandbox/traffic."""
    return traffic_plans.progress(world)


async def webhooks(world: World, _request: web.Request) -> object:
    """GET /_sandbox/webhooks."""
    return [
        {
            "seller": hook.seller,
            "failures": hook.failures,
            "pending": world.deliveries.pending(hook.id),
            **hook.listed(),
        }
        for hook in world.hooks.all()
    ]


async def ledger(world: World, request: web.Request) -> object:
    """GET /_sandbox/ledger: everything, one seller's, or one order's."""
    seller, number = request.query.get("seller"), request.query.get("order")
    if seller is not None and seller not in world.accounts:
        raise Wrong(f"there is no seller {seller}")
    with_orders = request.query.get("orders", "true") != "false"
    sellers = [seller] if seller else sorted(world.accounts)
    accounts = {each: _account(world, each, number, with_orders) for each in sellers}
    return {
        "accounts": accounts,
        "quotas": world.knobs.quotas,
        "timeScale": world.knobs.time_scale,
        "traffic": traffic_plans.progress(world),
    }


def _account(world: World, seller: str, number: str | None, with_orders: bool) -> dict[str, Any]:
    counts = world.deliveries.counts[seller]
    hooks = world.hooks.of_seller(seller)
    report: dict[str, Any] = {
        "writes": world.ledger.writes(seller),
        "hooks": {name: counts[name] for name in HOOK_COUNTS}
        | {"pending": sum(world.deliveries.pending(hook.id) for hook in hooks)},
        "calls": world.meter.report(seller),
        "offers": {offer.barcode: offer.report() for offer in world.offers.of_seller(seller)},
        "claims": [_claim(claim) for claim in world.claims.of_seller(seller)],
        "finance": world.books.report(seller),
    }
    if number is not None:
        order = world.ledger.order(seller, number)
        report["orders"] = {} if order is None else {number: order}
    elif with_orders:
        report["orders"] = world.ledger.orders(seller)
    return report


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id,
        "orderNumber": claim.order_number,
        "packageId": claim.package_id,
        "items": [
            {
                "id": item.id,
                "lineId": item.line_id,
                "status": item.status,
                "issueReason": item.issue_reason,
                "files": [file.model_dump() for file in item.files],
            }
            for item in claim.items
        ],
    }
