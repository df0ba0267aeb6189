"""Returns that customers ask for: one claim item is one unit."""

from typing import Any

from pydantic import BaseModel

from sandbox.engine.database import Database
from sandbox.trendyol import money
from sandbox.trendyol.model import Line

KIND = "claim"

WAITING = "WaitingInAction"
ACCEPTED = "Accepted"
REJECTED = "Rejected"
UNRESOLVED = "Unresolved"
STATUSES = (
    "Created",
    WAITING,
    "WaitingFraudCheck",
    ACCEPTED,
    REJECTED,
    "Cancelled",
    UNRESOLVED,
    "InAnalysis",
)


class ClaimFile(BaseModel):
    """A file that came with a rejection; its content is not kept."""

    name: str
    media_type: str
    sha256: str


class ClaimItem(BaseModel):
    """One unit of a claim."""

    id: str
    line_item_id: int
    line_id: int
    status: str = WAITING
    note: str = ""
    auto_accepted: bool = False
    by_seller: bool = False
    issue_reason: int | None = None
    files: list[ClaimFile] = []


class Claim(BaseModel):
    """A return; lines are kept as they were delivered."""

    id: str
    seller: str
    order_number: str
    claim_package_id: int
    package_id: int
    created_at: int
    modified_at: int
    lines: list[Line]
    items: list[ClaimItem]
    planned: bool = False
    """Made by the traffic: its order is not finished before it is settled."""

    @property
    def settled(self) -> bool:
        """Whether nobody has anything left to say."""
        return all(item.status in (ACCEPTED, REJECTED) for item in self.items)


class Claims:
    """Claims by seller and id."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._claims: dict[tuple[str, str], Claim] = {}
        for _, body in database.all(KIND):
            claim = Claim.model_validate_json(body)
            self._claims[claim.seller, claim.id] = claim

    def save(self, claim: Claim) -> None:
        """Writes a claim, new or changed."""
        self._claims[claim.seller, claim.id] = claim
        self._database.put(KIND, f"{claim.seller}/{claim.id}", claim.model_dump_json())

    def get(self, seller: str, claim_id: str) -> Claim | None:
        """The claim, or None."""
        return self._claims.get((seller, claim_id))

    def of_seller(self, seller: str) -> list[Claim]:
        """A seller's claims, newest first."""
        mine = [claim for (owner, _), claim in self._claims.items() if owner == seller]
        return sorted(mine, key=lambda claim: (claim.created_at, claim.id), reverse=True)


def claim_wire(claim: Claim) -> dict[str, Any]:
    """The claim as the API shows it; claims keep merchantSku and the old line names."""
    wire: dict[str, Any] = {
        "id": claim.id,
        "orderNumber": claim.order_number,
        "claimDate": claim.created_at,
        "lastModifiedDate": claim.modified_at,
        "orderShipmentPackageId": claim.claim_package_id,
        "orderOutboundPackageId": claim.package_id,
        "items": [_line_wire(claim, line) for line in claim.lines],
    }
    if any(item.status == REJECTED for item in claim.items):
        # Both spellings occur; a claim keeps one.
        name = "rejectedpackageinfo" if claim.package_id % 2 else "rejectedPackageInfo"
        wire[name] = {"packageId": claim.claim_package_id, "cargoProviderName": "Aramex"}
    return wire


def _line_wire(claim: Claim, line: Line) -> dict[str, Any]:
    return {
        "orderLine": {
            "id": line.line_id,
            "productName": line.name,
            "barcode": line.barcode,
            "merchantSku": line.stock_code,
            "price": money.double(money.mean_unit_price(line)),
            "vatRate": money.rate(line.vat_rate),
        },
        "claimItems": [_item_wire(item) for item in claim.items if item.line_id == line.line_id],
    }


def _item_wire(item: ClaimItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "orderLineItemId": item.line_item_id,
        "customerClaimItemReason": {
            "name": "Changed mind",
            "externalReasonId": 23,
            "code": "OTHER",
        },
        "claimItemStatus": {"name": item.status},
        "customerNote": item.note,
        "resolved": item.status in (ACCEPTED, REJECTED),
        "autoAccepted": item.auto_accepted,
        "acceptedBySeller": item.by_seller,
    }
