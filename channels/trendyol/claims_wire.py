"""What Trendyol says of claims, its word for returns, as far as we read it.

Source: developers.trendyol.com, "Getting returned orders" and "Claim issue reasons".
"""

from typing import Any

from pydantic import AliasChoices, Field, ValidationError

from channels import jsontext
from channels.trendyol.abilities import CHANNEL
from channels.wiretypes import (
    Identifier,
    LooseText,
    Millis,
    Problem,
    Whole,
    WireModel,
    Word,
    contract_error,
    problems_of,
)

ITEMS_LIMIT = 10_000


class ClaimReason(WireModel):
    name: LooseText = ""
    code: LooseText = ""


class ClaimStatus(WireModel):
    name: Word


class ClaimItem(WireModel):
    """One unit that comes back."""

    item_id: Identifier = Field(validation_alias="id")
    status: ClaimStatus = Field(validation_alias="claimItemStatus")
    reason: ClaimReason = Field(
        default_factory=ClaimReason, validation_alias="customerClaimItemReason"
    )
    note: LooseText = Field(default="", validation_alias="customerNote")


class ClaimLine(WireModel):
    """The order's line; claims keep the old name of the stock code."""

    line_id: Identifier = Field(validation_alias=AliasChoices("lineId", "id"))
    barcode: Identifier
    stock_code: LooseText = Field(
        default="", validation_alias=AliasChoices("stockCode", "merchantSku")
    )


class ClaimEntry(WireModel):
    line: ClaimLine = Field(validation_alias="orderLine")
    items: tuple[ClaimItem, ...] = Field(validation_alias="claimItems")


class Claim(WireModel):
    """A request of the customer; only its items have a status."""

    claim_id: Identifier = Field(validation_alias=AliasChoices("id", "claimId"))
    order_number: Identifier = Field(validation_alias="orderNumber")
    claimed: Millis = Field(validation_alias="claimDate")
    modified: Millis = Field(validation_alias=AliasChoices("lastModifiedDate", "claimDate"))
    outbound_package: Identifier | None = Field(
        default=None, validation_alias="orderOutboundPackageId"
    )
    entries: tuple[ClaimEntry, ...] = Field(validation_alias="items")


class ClaimsPage(WireModel):
    total_pages: Whole = Field(default=1, validation_alias="totalPages")
    total_elements: Whole = Field(default=0, validation_alias="totalElements")
    content: tuple[Any, ...]


class IssueReason(WireModel):
    """A reason for which a claim can be rejected."""

    reason_id: Identifier = Field(validation_alias="id")
    name: LooseText = ""


def holds_claim(body: bytes) -> bool:
    """Whether a body is a claim rather than a package, or something that is neither."""
    if b'"claimDate"' not in body:
        return False
    try:
        value = jsontext.parse(body)
    except jsontext.NotJsonError:
        return False
    return isinstance(value, dict) and "claimDate" in value


def read_claim(body: bytes, account: str) -> Claim:
    """Reads one claim.

    Raises:
        ContractError: Naming each field that does not fit, never its value.
    """
    try:
        claim = Claim.model_validate(jsontext.parse(body))
        problems = list(_cross_checks(claim))
    except jsontext.NotJsonError as e:
        problems = [("", str(e))]
    except ValidationError as e:
        problems = problems_of(e)
    if problems:
        raise contract_error(CHANNEL, account, "read_claim", problems)
    return claim


def _cross_checks(claim: Claim) -> list[Problem]:
    ids = [item.item_id for entry in claim.entries for item in entry.items]
    if not ids:
        return [("items", "holds no claimItems")]
    if len(ids) > ITEMS_LIMIT:
        return [("items", f"more than {ITEMS_LIMIT} claimItems")]
    if len(set(ids)) != len(ids):
        return [("items", "names a claimItem twice")]
    return []
