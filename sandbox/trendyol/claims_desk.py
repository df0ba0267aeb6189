"""What happens to claims: made by the customer, accepted, disputed, decided."""

import uuid
from typing import Any

from sandbox.engine.seeds import rng
from sandbox.trendyol.claims import (
    ACCEPTED,
    REJECTED,
    UNRESOLVED,
    WAITING,
    Claim,
    ClaimFile,
    ClaimItem,
)
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.lifecycle import part
from sandbox.trendyol.model import Package
from sandbox.trendyol.world import World

RETURN_ACCEPTED = "ReturnAccepted"
DECISION_S = 86_400.0
"""ASSUMED, scaled: how long Trendyol takes to decide a dispute, always for the seller here."""


def claim(
    world: World,
    package: Package,
    quantities: dict[int, int],
    note: str = "",
    *,
    planned: bool = False,
) -> Claim:
    """The customer sends units back; the seller has 48 h to act."""
    now, number = now_ms(), world.database.next(f"{package.seller}/claim")

    def new_id(*parts: object) -> str:
        name = "/".join(map(str, (package.seller, number, *parts)))
        return str(uuid.uuid5(uuid.NAMESPACE_OID, name))

    lines = [
        part(line, 0, quantities[line.line_id])
        for line in package.lines
        if quantities.get(line.line_id)
    ]
    items = [
        ClaimItem(
            id=new_id(line.line_id, unit),
            line_item_id=world.database.next(f"{package.seller}/unit", 29_815_001),
            line_id=line.line_id,
            note=note,
        )
        for line in lines
        for unit in range(line.quantity)
    ]
    made = Claim(
        id=new_id("claim"),
        seller=package.seller,
        order_number=package.order_number,
        claim_package_id=world.next_package_id(package.seller),
        package_id=package.package_id,
        created_at=now,
        modified_at=now,
        lines=lines,
        items=items,
        planned=planned,
    )
    world.claims.save(made)
    delay = world.knobs.scaled(world.knobs.claim_auto_accept_s)
    world.timers.after(delay, "claim.auto_accept", seller=made.seller, claim=made.id)
    return made


def customer_claims(world: World, package: Package, _details: dict[str, Any]) -> None:
    """A customer of the traffic sends back one unit of the first line."""
    claim(world, package, {package.lines[0].line_id: 1}, planned=True)


def accept(world: World, claim: Claim, items: list[ClaimItem], automatic: bool) -> None:
    """Takes units back: the money returns to the customer."""
    package = world.packages.get(claim.seller, claim.package_id)
    for item in items:
        item.status, item.auto_accepted, item.by_seller = ACCEPTED, automatic, not automatic
        line = next(line for line in claim.lines if line.line_id == item.line_id)
        if package is not None:
            world.ledger.returned(package, line, 1)
            of_line = [each for each in claim.items if each.line_id == item.line_id]
            world.books.returned(package, line, of_line.index(item))
            delivered = package.line(item.line_id)
            if delivered is not None:
                delivered.status = RETURN_ACCEPTED
    if package is not None:
        world.packages.touch(package, now_ms())
    _changed(world, claim)


def dispute(
    world: World, claim: Claim, items: list[ClaimItem], reason: int, files: list[ClaimFile]
) -> None:
    """The seller rejects: Trendyol decides later."""
    for item in items:
        item.status, item.issue_reason, item.files = UNRESOLVED, reason, files
    _changed(world, claim)
    world.timers.after(
        _decision_s(world, claim), "claim.decided", seller=claim.seller, claim=claim.id
    )


def auto_accept(world: World, details: dict[str, Any]) -> None:
    """What is still waiting after 48 h is accepted."""
    claim = _found(world, details)
    waiting = [item for item in claim.items if item.status == WAITING]
    if waiting:
        accept(world, claim, waiting, automatic=True)


def decide(world: World, details: dict[str, Any]) -> None:
    """Disputed units become Rejected."""
    claim = _found(world, details)
    for item in claim.items:
        if item.status == UNRESOLVED:
            item.status = REJECTED
    _changed(world, claim)


def _decision_s(world: World, claim: Claim) -> float:
    package = world.packages.get(claim.seller, claim.package_id)
    span = world.plans.get(package.plan if package else None).claim_decision_s
    if span is None:
        return world.knobs.scaled(DECISION_S)
    return rng(world.knobs.seed, claim.id, "decision").uniform(*span)


def _changed(world: World, claim: Claim) -> None:
    claim.modified_at = max(now_ms(), claim.modified_at + 1)
    world.claims.save(claim)
    package = world.packages.get(claim.seller, claim.package_id)
    if claim.planned and claim.settled and package is not None:
        world.ledger.claims_due(package, -1)


def _found(world: World, details: dict[str, Any]) -> Claim:
    claim = world.claims.get(details["seller"], details["claim"])
    if claim is None:
        raise LookupError(f"timer for a claim that does not exist: {details}")
    return claim
