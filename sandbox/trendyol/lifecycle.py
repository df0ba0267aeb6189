"""How packages change: one function per thing that can happen to them."""

from sandbox.engine.seeds import rng
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.model import Line, Package, Step
from sandbox.trendyol.statuses import (
    CANCELLED,
    CREATED,
    DEAD,
    DELIVERED,
    INVOICED,
    SHIPPED,
    UNPACKED,
    UNSUPPLIED,
)
from sandbox.trendyol.world import World


def enter(world: World, package: Package) -> None:
    """Takes a new order's package in, tells the hooks, and lets things take their course."""
    world.packages.add(package)
    world.ledger.placed(package)
    for line in package.lines:
        world.offers.take(package.seller, line.barcode, line.quantity)
    world.announce(package)
    react(world, package)


def move(world: World, package: Package, status: str, by: str, emit: bool = True) -> None:
    """Gives a package a status."""
    now = now_ms()
    package.status = status
    package.history.append(Step(status=status, at=max(now, package.modified_at + 1)))
    for line in package.lines:
        line.status = status
    world.packages.touch(package, now)
    world.ledger.moved(package, by)
    if status == DELIVERED:
        world.books.sold(package)
    if emit:
        world.announce(package)
    react(world, package)


def cancel(world: World, package: Package, by: str, reason: str, code: int) -> None:
    """Cancels a whole package: Cancelled by the customer, UnSupplied by the seller."""
    for line in package.lines:
        line.cancel_reason, line.cancel_code, line.cancelled_by = reason, code, by
        world.ledger.cancelled(package, line, line.units)
    move(world, package, UNSUPPLIED if by == "Seller" else CANCELLED, by.lower())


def cancel_part(
    world: World,
    package: Package,
    quantities: dict[int, int],
    by: str,
    reason: str,
    code: int,
    keep_status: bool,
) -> None:
    """Cancels some units: the package dies and what is left follows in a new one.

    Args:
        world: The sandbox.
        package: The package as it stands.
        quantities: Units to cancel by lineId.
        by: "Seller" or "Customer".
        reason: What the line shows as cancelReason.
        code: What the line shows as cancelReasonCode.
        keep_status: Whether the successor keeps the status or starts at Created.
    """
    rest: list[Line] = []
    for line in package.lines:
        kept = line.quantity - quantities.get(line.line_id, 0)
        if kept < line.quantity:
            world.ledger.cancelled(package, line, line.units[kept:])
            line.cancel_reason, line.cancel_code, line.cancelled_by = reason, code, by
        if kept:
            rest.append(part(line, 0, kept))
    status = package.status if keep_status else CREATED
    schedule_successors(world, package, [rest], status, "cancel")
    move(world, package, UNSUPPLIED if by == "Seller" else CANCELLED, by.lower())


def split(
    world: World,
    package: Package,
    parts: list[dict[int, int]],
    created_by: str,
    by: str,
    keep_status: bool,
) -> None:
    """Splits a package: it becomes UnPacked, the parts and what is left out follow.

    Args:
        world: The sandbox.
        package: The package as it stands.
        parts: For each part, units by lineId.
        created_by: What the parts show as createdBy: "split" or "transfer".
        by: Who did it, for the ledger.
        keep_status: Whether the parts keep the status or start at Created.

    Raises:
        ValueError: More units than there are, or nothing to split.
    """
    used = dict.fromkeys((line.line_id for line in package.lines), 0)
    groups: list[list[Line]] = []
    for quantities in parts:
        group = []
        for line_id, count in quantities.items():
            line = package.line(line_id)
            if line is None or used[line_id] + count > line.quantity:
                raise ValueError(f"Line {line_id} does not have that many units")
            group.append(part(line, used[line_id], used[line_id] + count))
            used[line_id] += count
        groups.append(group)
    rest = [
        part(line, used[line.line_id], line.quantity)
        for line in package.lines
        if used[line.line_id] < line.quantity
    ]
    if rest:
        groups.append(rest)
    if len(groups) < 2:
        raise ValueError("The parts leave nothing to split")
    status = package.status if keep_status else CREATED
    schedule_successors(world, package, groups, status, created_by)
    move(world, package, UNPACKED, by)


def part(line: Line, start: int, stop: int) -> Line:
    """A line with some of the units."""
    clean = {"cancel_reason": "", "cancel_code": 0, "cancelled_by": ""}
    return line.model_copy(update={"units": line.units[start:stop], **clean})


def schedule_successors(
    world: World, package: Package, parts: list[list[Line]], status: str, created_by: str
) -> None:
    """Lets the packages that follow a dead one appear after their time, one by one."""
    chance = rng(world.knobs.seed, package.seller, package.package_id, "successors")
    world.ledger.successors_due(package, len(parts))
    for lines in parts:
        delay = world.knobs.scaled(chance.uniform(*world.knobs.successor_delay_s))
        world.timers.after(
            delay,
            "package.successor",
            seller=package.seller,
            package_id=package.package_id,
            lines=[line.model_dump(mode="json") for line in lines],
            status=status,
            created_by=created_by,
        )


def reprieved(package: Package) -> bool:
    """Whether nobody is going to cancel or split this package."""
    return package.cancel_at is None and package.part_cancel_at is None and package.split_at is None


def react(world: World, package: Package) -> None:
    """Schedules what a status leads to by itself."""
    plan = world.plans.get(package.plan)
    chance = rng(plan.seed, package.seller, package.package_id, package.status)

    def soon(span: tuple[float, float], action: str) -> None:
        world.timers.after(
            chance.uniform(*span), action, seller=package.seller, package_id=package.package_id
        )

    if package.status in DEAD:
        return
    if package.status == package.cancel_at:
        soon(plan.cancel_s, "customer.cancel")
    elif package.status == package.part_cancel_at:
        soon(plan.cancel_s, "customer.cancel_part")
    elif package.status == package.split_at:
        soon(plan.cancel_s, "marketplace.split")
    elif package.carrier_drives and package.status == INVOICED and reprieved(package):
        soon(plan.ship_s, "carrier.next")
    elif package.carrier_drives and _on_the_way(package):
        least = _least_way(world, package)
        soon((plan.deliver_s[0] + least, plan.deliver_s[1] + least), "carrier.next")
    elif package.status == package.ends_as and package.claimed:
        world.ledger.claims_due(package, 1)
        soon(plan.deliver_s, "customer.claim")


def _on_the_way(package: Package) -> bool:
    shipped = any(step.status == SHIPPED for step in package.history)
    return shipped and package.status != package.ends_as


def _least_way(world: World, package: Package) -> float:
    """Seconds that an alternative delivery takes at least (documented as 6 h)."""
    if package.alternative_since is None:
        return 0.0
    return world.knobs.scaled(world.knobs.alternative_delivery_min_s)
