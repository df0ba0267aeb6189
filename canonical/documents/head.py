"""What is known of a document as a whole once it is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Content(StrEnum):
    """What a document holds, whoever made it."""

    SETTLEMENT = "settlement"
    ORDERS = "orders"
    SHIPMENTS = "shipments"
    RETURNS = "returns"
    INVOICE = "invoice"
    PDF = "pdf"
    """Kept with its digest; not read."""


@dataclass(frozen=True)
class DocumentHead:
    """A document without its rows.

    Attributes:
        number: The document's own number, such as a settlement's: of two documents with one
            number and content the second is a repetition. Empty where it bears none.
        total: As the document states it, and as its rows add up to.
        paid_at: When the total is paid out.
        encoding: By which its bytes were read; empty where they are no text of lines.
        number_format: By which its numbers were read.
    """

    content: Content
    number: str = ""
    currency: str = ""
    period_from: datetime | None = None
    period_to: datetime | None = None
    paid_at: datetime | None = None
    total: Decimal | None = None
    encoding: str = ""
    number_format: str = ""


RowType = type[tuple[Any, ...]]
"""One of `canonical.documents.rows`."""


@dataclass(frozen=True)
class Reading:
    """A document that is being read: its head at once, its rows as they are asked for.

    Asking for rows may raise `UnreadableError`.
    """

    head: DocumentHead
    tables: Sequence[tuple[RowType, Iterator[tuple[Any, ...]]]] = ()
