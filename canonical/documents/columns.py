"""What a kind of flat file needs: its columns, and how its rows are proved."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from canonical.documents.head import Content, RowType


class Reads(Enum):
    """How a cell is read."""

    TEXT = auto()
    NUMBER = auto()
    COUNT = auto()
    MOMENT = auto()


@dataclass(frozen=True)
class Column:
    """One field of a row and the columns that may bring it.

    Attributes:
        field: The field's name in the row type.
        names: Header names, in lower case; the first that is filled counts.
        needed: Whether a file without any of them is refused.
        filled: Whether a row may not leave it blank.
    """

    field: str
    names: tuple[str, ...]
    reads: Reads = Reads.TEXT
    needed: bool = True
    filled: bool = False


@dataclass(frozen=True)
class Summary:
    """The row, among others or before them, that tells of the whole; it is none of the rows.

    Attributes:
        total: The column that only this row fills, with what `amount` adds up to.
        amount: The field that is added up.
    """

    total: str
    amount: str
    number: str
    currency: str
    period_from: str
    period_to: str
    paid_at: str


@dataclass(frozen=True)
class FlatKind:
    """A kind of tab-delimited file with a header.

    Attributes:
        row: A type of `canonical.documents.rows`; its first field is `line`.
        summary: None where a file states no total.
    """

    content: Content
    row: RowType
    columns: Sequence[Column]
    summary: Summary | None = None


def text(field: str, *names: str, needed: bool = True, filled: bool = False) -> Column:
    return Column(field, names, Reads.TEXT, needed, filled)


def number(field: str, *names: str, needed: bool = True, filled: bool = False) -> Column:
    return Column(field, names, Reads.NUMBER, needed, filled)


def count(field: str, *names: str, needed: bool = True) -> Column:
    return Column(field, names, Reads.COUNT, needed)


def moment(field: str, *names: str, needed: bool = True) -> Column:
    return Column(field, names, Reads.MOMENT, needed)
