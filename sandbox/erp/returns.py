"""What the customer sends back, as the ERP sees it, and what it says to it."""

import random
from dataclasses import dataclass
from typing import Any

from sandbox.erp.keys import Ref

REJECTED_SHARE = 0.2
"""Of the returns of a channel for which a reason of rejection is given."""
WORDS = "The goods are being examined."


@dataclass(frozen=True)
class BookedReturn:
    """One request of the customer, as the newest event shows it."""

    return_id: str
    state: str
    units: int


def booked(order: dict[str, Any]) -> tuple[BookedReturn, ...]:
    """All returns of a canonical order.

    Raises:
        KeyError: A field is missing.
    """
    return tuple(
        BookedReturn(
            return_id=each["return_id"],
            state=each["state"],
            units=sum(int(item["quantity"]) for item in each["items"]),
        )
        for each in order.get("returns") or []
    )


def answer(ref: Ref, return_id: str, seed: int, reason: str) -> dict[str, Any]:
    """The fields of `answer_return`: most are approved, a seeded share is rejected.

    Args:
        ref: The order.
        return_id: Which of its returns.
        seed: Of the choice.
        reason: The marketplace's code for a rejection that needs no evidence; empty: none.
    """
    said: dict[str, Any] = {"return_id": return_id, "answer": "approve", "item_ids": []}
    chance = random.Random(f"{seed}/{ref.key}/{return_id}").random()
    if reason and chance < REJECTED_SHARE:
        said |= {"answer": "reject", "reason": reason, "text": WORDS}
    return said
