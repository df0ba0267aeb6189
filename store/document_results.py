"""What the store answers of documents."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from canonical.documents.ref import DocumentRef


class DocumentState(StrEnum):
    """Found, fetched, and then one of three ends."""

    FOUND = "found"
    """There is one; its bytes are not here yet."""
    FETCHED = "fetched"
    """Its bytes are kept."""
    STORED = "stored"
    """Its rows are kept, all of them."""
    REPEATED = "repeated"
    """It says what a stored one of the same number says already; its rows are not kept twice."""
    PARKED = "parked"
    """It cannot be read; a person is told. No row of it is kept."""


ENDED = frozenset({DocumentState.STORED, DocumentState.REPEATED})


@dataclass(frozen=True)
class KeptDocument:
    """One document as it is stored, without rows and bytes.

    Attributes:
        pk: Its key in the tables of rows.
        same_as: The key of the document that it repeats.
    """

    pk: int
    ref: DocumentRef
    state: DocumentState
    source: str
    made_at: datetime
    covers_from: datetime | None
    covers_to: datetime | None
    content: str | None
    number: str | None
    currency: str | None
    period_from: datetime | None
    period_to: datetime | None
    paid_at: datetime | None
    total: Decimal | None
    row_count: int | None
    encoding: str | None
    number_format: str | None
    raw_size: int | None
    raw_sha256: str | None
    reason: str | None
    line: int | None
    detail: str | None
    same_as: int | None
    correlation_id: str
    found_at: datetime
    fetched_at: datetime | None
    ended_at: datetime | None
    told_at: datetime | None

    @property
    def has_raw(self) -> bool:
        """Whether its bytes are kept, so that reading it again needs no marketplace."""
        return self.raw_sha256 is not None
