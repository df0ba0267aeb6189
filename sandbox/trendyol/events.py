"""What happens by itself: timers of the customer, the carrier and the marketplace."""

from typing import Any

from sandbox.engine.seeds import rng
from sandbox.trendyol import claims_desk, lifecycle
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.model import Line, Package, Step
from sandbox.trendyol.placing import tracking_number
from sandbox.trendyol.statuses import AWAITING, CANCELLABLE, CREATED, DEAD, INVOICED, SHIPPED
from sandbox.trendyol.world import World

CUSTOMER_REASON = "Müşteri iptali"
PAYMENT_REASON = "Ödeme onaylanmadı"


def register(world: World) -> None:
    """Says what each timer does."""

    def on(action: str, run: Any) -> None:
        world.timers.on(action, lambda details: run(world, _package(world, details), details))

    on("payment.settled", settle_payment)
    on("customer.cancel", customer_cancels)
    on("customer.cancel_part", customer_cancels_part)
    on("marketplace.split", marketplace_splits)
    on("carrier.next", carrier_moves)
    on("package.successor", successor_appears)
    on("address.filled", address_filled)
    on("customer.claim", claims_desk.customer_claims)
    world.timers.on("claim.auto_accept", lambda details: claims_desk.auto_accept(world, details))
    world.timers.on("claim.decided", lambda details: claims_desk.decide(world, details))
    world.timers.on("batch.work_off", lambda details: world.batches.work_off(details["batch"]))
    world.timers.on("batch.expire", lambda details: world.batches.expire(details["batch"]))


def _package(world: World, details: dict[str, Any]) -> Package:
    found = world.packages.get(details["seller"], details["package_id"])
    if found is None:
        raise LookupError(f"timer for a package that does not exist: {details}")
    return found


def settle_payment(world: World, package: Package, details: dict[str, Any]) -> None:
    """Awaiting becomes Created, or Cancelled when the payment check failed."""
    if package.status != AWAITING:
        return
    if details["good"]:
        lifecycle.move(world, package, CREATED, "marketplace")
    else:
        lifecycle.cancel(world, package, "Customer", PAYMENT_REASON, 0)


def customer_cancels(world: World, package: Package, _details: dict[str, Any]) -> None:
    """The customer cancels the whole package, unless the carrier was faster."""
    if package.status in CANCELLABLE:
        lifecycle.cancel(world, package, "Customer", CUSTOMER_REASON, 1)


def customer_cancels_part(world: World, package: Package, _details: dict[str, Any]) -> None:
    """The customer cancels one unit of the first line that can spare it."""
    if package.status not in CANCELLABLE:
        return
    if sum(line.quantity for line in package.lines) == 1:
        customer_cancels(world, package, _details)
        return
    quantities = {package.lines[0].line_id: 1}
    package.part_cancel_at = None
    lifecycle.cancel_part(world, package, quantities, "Customer", CUSTOMER_REASON, 1, False)


def marketplace_splits(world: World, package: Package, _details: dict[str, Any]) -> None:
    """The marketplace hands one unit of the first line over to a package of its own."""
    if package.status not in CANCELLABLE:
        return
    package.split_at = None
    if sum(line.quantity for line in package.lines) == 1:
        world.packages.save(package)
        lifecycle.react(world, package)
        return
    parts = [{package.lines[0].line_id: 1}]
    lifecycle.split(world, package, parts, "transfer", "marketplace", keep_status=True)


def carrier_moves(world: World, package: Package, _details: dict[str, Any]) -> None:
    """The carrier scans, carries, and delivers or brings back."""
    if package.status in DEAD or package.status == package.ends_as:
        return
    if package.status == INVOICED:
        lifecycle.move(world, package, SHIPPED, "carrier")
    elif package.detours:
        lifecycle.move(world, package, package.detours.pop(0), "carrier")
    else:
        lifecycle.move(world, package, package.ends_as, "carrier")


def successor_appears(world: World, package: Package, details: dict[str, Any]) -> None:
    """The package that carries on what is left of a dead one."""
    lines = [Line.model_validate(line) for line in details["lines"]]
    chance = rng(world.knobs.seed, package.seller, package.package_id, lines[0].line_id)
    renumber = {"kept": False, "new": True, "mixed": chance.random() < 0.5}
    for line in lines:
        line.status = details["status"]
        if renumber[world.knobs.successor_line_ids]:
            line.line_id = world.next_line_id(package.seller)
    now = now_ms()
    package_id = world.next_package_id(package.seller)
    successor = package.model_copy(
        deep=True,
        update={
            "package_id": package_id,
            "status": details["status"],
            "created_at": now,
            "modified_at": now,
            "history": [*package.history[:-1], Step(status=details["status"], at=now)],
            "lines": lines,
            "cargo_tracking_number": tracking_number(world, package.seller, package_id),
            "cargo_sender_number": "",
            "tracking_link": "",
            "created_by": details["created_by"],
            "origin_package_ids": package.origin_package_ids or [package.package_id],
            "cancel_at": None,
            "part_cancel_at": None,
            "split_at": None,
            # Totals that an operator fixed were those of the whole package.
            "overrides": {
                name: value
                for name, value in package.overrides.items()
                if not name.startswith("package")
            },
        },
    )
    world.packages.add(successor)
    world.ledger.appeared(successor, "marketplace")
    world.ledger.successors_due(package, -1)
    world.announce(successor)
    lifecycle.react(world, successor)


def address_filled(world: World, package: Package, _details: dict[str, Any]) -> None:
    """An address that came empty is there at the next read; no event tells."""
    package.address_hidden = False
    world.packages.save(package)
