"""What the judge finds, as sentences that name the place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["lost", "duplicated", "wrong"]


@dataclass(frozen=True)
class Fault:
    """One difference between what is and what should be."""

    kind: Kind
    channel: str
    account: str
    order_id: str
    what: str

    def __str__(self) -> str:
        return f"{self.channel}/{self.account} order {self.order_id}: {self.what}"


def differs(name: str, expected: Any, actual: Any) -> Iterator[str]:
    """Yields a sentence where two values are not equal."""
    if expected != actual:
        yield f"{name} should be {expected}, is {actual}"
