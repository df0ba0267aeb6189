"""Why a document cannot be read: a fixed word, the line, and a sentence."""

from enum import StrEnum


class Reason(StrEnum):
    """What stands with a parked document; short, few, never a file's own words."""

    EMPTY = "empty"
    ARCHIVE = "archive"
    """Packed, and damaged or cut off."""
    PACKED_TWICE = "packed_twice"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    HEADER = "header"
    """A needed column is missing, or stands twice."""
    ROW = "row"
    NUMBERS = "numbers"
    """No number format fits all numbers, or several do and mean different amounts."""
    DATES = "dates"
    TOTAL = "total"
    """The parts do not add up to the total that the document states."""
    XML = "xml"
    ENTITIES = "entities"
    """XML with a document type, entities or references to elsewhere, which is refused unread."""
    UNKNOWN_KIND = "unknown_kind"
    REFUSED = "refused"
    """The marketplace does not give it out."""
    READER_DIED = "reader_died"
    """The process that reads it ended without a word, more than once."""


class UnreadableError(ValueError):
    """A document cannot be read; nothing of it is kept but its bytes.

    Attributes:
        reason: The fixed word.
        line: Where, counted from 1; None where no line is to blame.
        what: A sentence for a person; quotes at most an id, a number or a column's name.
    """

    def __init__(self, reason: Reason, what: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {what}" if line is not None else what)
        self.reason = reason
        self.line = line
        self.what = what
