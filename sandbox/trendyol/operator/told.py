"""One order in the platform's words, for those who try a channel on this sandbox."""

from decimal import Decimal

from sandbox.conformance.words import Told, ToldAct, ToldLine, ToldParcel, ToldReturn
from sandbox.judge.states import return_state
from sandbox.trendyol.claims import WAITING
from sandbox.trendyol.expectation import CLAIM_STATES, STATES
from sandbox.trendyol.model import Package
from sandbox.trendyol.placing import CARRIERS, COD_CARRIERS
from sandbox.trendyol.world import World

ACTIONS = {
    "status:Picking": "accept",
    "status:Invoiced": "ready",
    "unsupplied": "cancel_lines",
    "tracking": "ship",
    "split": "split",
    "carrier": "change_carrier",
    "invoice": "attach_invoice",
    "alternative": "deliver_otherwise",
    "approve": "answer_return",
    "reject": "answer_return",
}
"""By the ledger's words for writes."""


def told(world: World, seller: str, order_id: str) -> Told:
    """The order as it is; there is one."""
    order = world.ledger.order(seller, order_id) or {}
    packages = world.packages.of_order(seller, order_id)
    first = packages[0]
    writes = [w for w in world.ledger.writes(seller) if w["orderNumber"] == order_id]
    return Told(
        order_id=order_id,
        currency=order["currency"],
        payable=Decimal(order["payable"]),
        lines=tuple(
            ToldLine(
                line_id=str(line["lineId"]),
                quantity=line["quantity"],
                unit_price=Decimal(line["unitGross"]),
            )
            for line in order["lines"]
        ),
        parcels=tuple(_parcel(package) for package in packages),
        acts=tuple(
            ToldAct(action=ACTIONS[w["what"]], subject=str(w["packageId"]), applied=w["applied"])
            for w in writes
            if w["what"] in ACTIONS
        ),
        returns=_returns(world, seller, order_id),
        texts={
            "buyer": first.person.full_name.strip(),
            "street": first.person.street,
            "city": first.person.city,
            "product": first.lines[0].name,
        },
        carriers=tuple(COD_CARRIERS if first.is_cod else CARRIERS),
    )


def _parcel(package: Package) -> ToldParcel:
    return ToldParcel(
        parcel_id=str(package.package_id),
        state=STATES.get(package.status, "unknown"),
        units={str(line.line_id): line.quantity for line in package.lines},
    )


def _returns(world: World, seller: str, order_id: str) -> tuple[ToldReturn, ...]:
    claims = [c for c in world.claims.of_seller(seller) if c.order_number == order_id]
    return tuple(
        ToldReturn(
            return_id=claim.id,
            state=return_state(CLAIM_STATES.get(item.status, "unknown") for item in claim.items),
            item_ids=tuple(item.id for item in claim.items if item.status == WAITING),
        )
        for claim in claims
    )
