"""A flat file's first look: encoding, number and date format, and the proof of its total.

Nothing of a file is read into rows before all of it has been looked at.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO

from canonical.documents import dates, numbers
from canonical.documents.columns import FlatKind, Reads
from canonical.documents.encodings import EncodingVotes
from canonical.documents.faults import Reason, UnreadableError
from canonical.documents.formats import Candidates
from canonical.documents.header import Header, found
from canonical.documents.lines import header_of, lines_of


@dataclass(frozen=True)
class SummaryRow:
    """The row that tells of the whole, as bytes."""

    line: int
    cells: Mapping[str, bytes]


@dataclass(frozen=True)
class Survey:
    """How a file is to be read."""

    header: Header
    encoding: str
    number_format: str
    number: Callable[[str], Decimal | None]
    moment: Callable[[str], datetime | None]
    summary: SummaryRow | None


def surveyed(kind: FlatKind, file: BinaryIO) -> Survey:
    """Looks at all of a file.

    Raises:
        UnreadableError: It cannot be read as a whole; saying why and where.
    """
    lines = lines_of(file)
    line, first, _ = next(lines, (1, b"", False))
    if not first:
        raise UnreadableError(Reason.EMPTY, "the file is empty")
    header = found(kind, header_of(first), line)
    look = _Look(kind, header)
    for line, cells, _ in lines:
        look.row(line, cells)
    return look.result()


class _Look:
    def __init__(self, kind: FlatKind, header: Header) -> None:
        self._header = header
        self._votes = EncodingVotes()
        self._numbers = Candidates(numbers.FORMATS)
        self._dates = Candidates(dates.FORMATS)
        self._summary: SummaryRow | None = None
        self._sums: dict[str, Decimal] = defaultdict(Decimal)
        of = kind.summary
        self._total = header.summary[of.total] if of else None
        self._amount = header.places[of.amount][0] if of else None
        self._others = tuple(p for p in header.of(kind.columns, Reads.NUMBER) if p != self._amount)
        self._moments = header.of(kind.columns, Reads.MOMENT)
        self._of = of

    def row(self, line: int, whole: bytes) -> None:
        if not whole.isascii():
            self._votes.look(whole, line)
        cells = whole.split(b"\t")
        if len(cells) < self._header.width:
            cells += [b""] * (self._header.width - len(cells))
        if self._total is not None and cells[self._total].strip():
            self._whole(line, cells)
            return
        if self._amount is not None and (cell := cells[self._amount]):
            for name, value in self._numbers.look(cell, line).items():
                self._sums[name] += value
        for place in self._others:
            if cells[place]:
                self._numbers.look(cells[place], line)
        for place in self._moments:
            if cells[place]:
                self._dates.look(cells[place], line)

    def _whole(self, line: int, cells: Sequence[bytes]) -> None:
        if self._of is None or self._summary is not None:
            what = "a second row states a total, so the file holds more than one document"
            raise UnreadableError(Reason.TOTAL, what, line)
        named = {name: cells[place].strip() for name, place in self._header.summary.items()}
        self._summary = SummaryRow(line, named)
        self._numbers.look(named[self._of.total], line)
        for name in (self._of.period_from, self._of.period_to, self._of.paid_at):
            if named[name]:
                self._dates.look(named[name], line)

    def result(self) -> Survey:
        number_format = self._number_format()
        return Survey(
            header=self._header,
            encoding=self._votes.decided(),
            number_format=number_format,
            number=numbers.FORMATS[number_format],
            moment=dates.FORMATS[self._date_format()],
            summary=self._summary,
        )

    def _number_format(self) -> str:
        left = [name for name in numbers.FORMATS if name in self._numbers.left]
        if not left:
            what = "with the numbers before it this one fits no single way of writing numbers"
            raise UnreadableError(Reason.NUMBERS, what, self._numbers.lost_at)
        if self._of is not None:
            left = self._balanced(left)
        differ = self._numbers.differ_at(left) if len(left) > 1 else None
        if differ is not None:
            what = "the numbers can be read with a decimal point and with a decimal comma"
            raise UnreadableError(Reason.NUMBERS, what, differ)
        return left[0]

    def _balanced(self, left: Sequence[str]) -> list[str]:
        """Those by which the amounts add up to the total."""
        if self._of is None or self._summary is None:
            raise UnreadableError(Reason.TOTAL, "no row states the total", None)
        stated = self._numbers.look(self._summary.cells[self._of.total], self._summary.line)
        balanced = [name for name in left if self._sums[name] == stated[name]]
        if not balanced:
            sums = " or ".join(
                f"{self._sums[name]} instead of {stated[name]} (decimal {name})" for name in left
            )
            what = f"the amounts do not add up to the total: {sums}"
            raise UnreadableError(Reason.TOTAL, what, self._summary.line)
        return balanced

    def _date_format(self) -> str:
        left = [name for name in dates.FORMATS if name in self._dates.left]
        if not left:
            what = "with the times before it this one fits no single way of writing times"
            raise UnreadableError(Reason.DATES, what, self._dates.lost_at)
        differ = self._dates.differ_at(left) if len(left) > 1 else None
        if differ is not None:
            what = "the times can be read with the day first and with the month first"
            raise UnreadableError(Reason.DATES, what, differ)
        return left[0]
