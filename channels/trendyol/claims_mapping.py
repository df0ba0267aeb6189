"""From a claim to the canonical return. Pure."""

from collections import Counter
from datetime import timedelta

from canonical.envelope import EventIdentity
from canonical.identity import OrderRef
from canonical.order import Order
from canonical.returns import Return, ReturnItem, ReturnState, return_state
from channels.trendyol.abilities import CHANNEL, CURRENCIES, RETURN_ANSWERED_WITHIN
from channels.trendyol.claims_wire import Claim, ClaimEntry, ClaimItem
from channels.trendyol.mapping import PRICES_INCLUDE_TAX, at, event_id

STATES = {
    "created": ReturnState.REQUESTED,
    "waitinginaction": ReturnState.WAITING_FOR_ANSWER,
    "waitingfraudcheck": ReturnState.IN_DISPUTE,
    "unresolved": ReturnState.IN_DISPUTE,
    "inanalysis": ReturnState.IN_DISPUTE,
    "accepted": ReturnState.ACCEPTED,
    "rejected": ReturnState.REJECTED,
    "cancelled": ReturnState.CANCELLED,
}


def state_of_item(status: str) -> ReturnState:
    """A word that is not in the table is `UNKNOWN`, never guessed."""
    return STATES.get(status.replace("_", "").casefold(), ReturnState.UNKNOWN)


def identity_of_claim(claim: Claim, storefront: str) -> EventIdentity:
    """Equal however it came; the statuses are in it, should they move without a new date."""
    counts = Counter(item.status.name for entry in claim.entries for item in entry.items)
    told = "+".join(f"{name}*{n}" for name, n in sorted(counts.items()))
    return EventIdentity(
        event_id=event_id(storefront, "claim", claim.claim_id, str(claim.modified), told),
        order_id=claim.order_number,
        subject=claim.claim_id,
        version=claim.modified,
    )


def order_of_claim(
    claim: Claim,
    account: str,
    storefront: str = "SA",
    answered_within: timedelta = RETURN_ANSWERED_WITHIN,
) -> Order:
    """An order with this one return, and nothing else that is known of the order.

    Args:
        claim: As read.
        account: Ours.
        storefront: Where it was sold.
        answered_within: After this Trendyol accepts by itself.
    """
    return Order(
        ref=OrderRef(channel=CHANNEL, account=account, order_id=claim.order_number),
        # The order is older, and the earliest date counts.
        placed_at=at(claim.claimed),
        # A claim names none. It counts only until the order itself is known.
        currency=CURRENCIES.get(storefront, "SAR"),
        prices_include_tax=PRICES_INCLUDE_TAX,
        lines=(),
        parcels=(),
        returns=(_return(claim, answered_within),),
    )


def _return(claim: Claim, answered_within: timedelta) -> Return:
    items = tuple(_item(claim, entry, item) for entry in claim.entries for item in entry.items)
    state = return_state(item.state for item in items)
    waits = state is ReturnState.WAITING_FOR_ANSWER
    return Return(
        return_id=claim.claim_id,
        state=state,
        version=claim.modified,
        items=items,
        requested_at=at(claim.claimed),
        # ASSUMED: the 48 hours run from the claim's last change, which brought it to this status.
        answer_by=at(claim.modified) + answered_within if waits else None,
    )


def _item(claim: Claim, entry: ClaimEntry, item: ClaimItem) -> ReturnItem:
    return ReturnItem(
        item_id=item.item_id,
        line_id=entry.line.line_id,
        channel_sku=entry.line.stock_code.strip() or entry.line.barcode,
        quantity=1,
        parcel_id=claim.outbound_package or "",
        state=state_of_item(item.status.name),
        channel_status=item.status.name,
        reason=item.reason.name or item.reason.code,
        note=item.note,
    )
