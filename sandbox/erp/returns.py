"""What the customer sends back, as the ERP sees it, and what it says to it."""

from dataclasses import dataclass
from typing import Any

REJECTED_OF = 4
"""One of so many returns is rejected, where a reason is given for its channel."""
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


def answer(return_id: str, number: int, reason: str) -> dict[str, Any]:
    """The fields of `answer_return`: most are approved, every fourth is rejected.

    Args:
        return_id: Which return.
        number: The how manyth return it is, from 1 on.
        reason: The marketplace's code for a rejection that needs no evidence; empty: none.
    """
    said: dict[str, Any] = {"return_id": return_id, "answer": "approve", "item_ids": []}
    if reason and number % REJECTED_OF == 2:
        said |= {"answer": "reject", "reason": reason, "text": WORDS}
    return said
