"""A flat file read into rows, once it has been looked at as a whole."""

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any, BinaryIO, Generic, TypeVar

from canonical.documents.columns import Column, FlatKind, Reads
from canonical.documents.faults import Reason, UnreadableError
from canonical.documents.formats import MEMORY
from canonical.documents.head import DocumentHead, Reading
from canonical.documents.lines import cells_of, lines_of
from canonical.documents.survey import Survey, surveyed
from canonical.identity import bounded

TEXT_LIMIT = 300
"""Characters of any text; what is longer is cut to a prefix with a digest."""
COUNT_LIMIT = 12
"""Digits of a number of units."""

V = TypeVar("V")
Row = tuple[Any, ...]


def read(kind: FlatKind, file: BinaryIO) -> Reading:
    """Looks at a file, and gives its rows.

    Args:
        kind: What is expected.
        file: It is read twice, from its beginning.

    Raises:
        UnreadableError: Saying why and where; also while rows are asked for.
    """
    survey = surveyed(kind, file)
    head = _head(kind, survey)
    return Reading(head, ((kind.row, _rows(kind, survey, file)),))


def _head(kind: FlatKind, survey: Survey) -> DocumentHead:
    of, row = kind.summary, survey.summary
    if of is None or row is None:
        return DocumentHead(
            content=kind.content,
            encoding=survey.encoding,
            number_format=survey.number_format,
        )
    cells = {name: cell.decode(survey.encoding) for name, cell in row.cells.items()}
    currency = cells[of.currency].strip().upper()
    if not cells[of.number] or not (len(currency) == 3 and currency.isascii()):
        what = f"the row of the total lacks {of.number} or a currency in {of.currency}"
        raise UnreadableError(Reason.ROW, what, row.line)
    return DocumentHead(
        content=kind.content,
        number=bounded(cells[of.number]),
        currency=currency,
        period_from=survey.moment(cells[of.period_from]) if cells[of.period_from] else None,
        period_to=survey.moment(cells[of.period_to]) if cells[of.period_to] else None,
        paid_at=survey.moment(cells[of.paid_at]) if cells[of.paid_at] else None,
        total=survey.number(cells[of.total]),
        encoding=survey.encoding,
        number_format=survey.number_format,
    )


def _rows(kind: FlatKind, survey: Survey, file: BinaryIO) -> Iterator[Row]:
    """Each data row but the summary's."""
    make = _RowMaker(kind, survey)
    skipped = survey.summary.line if survey.summary else None
    lines = lines_of(file)
    next(lines)
    encoding, width = survey.encoding, survey.header.width
    for line, whole, ended in lines:
        if line == skipped:
            continue
        cells = cells_of(whole.decode(encoding), width, line, ended=ended)
        yield make(line, cells)


class _RowMaker:
    """Makes rows of cells; most of the time of a large document is spent here."""

    def __init__(self, kind: FlatKind, survey: Survey) -> None:
        known = {c.field: c for c in kind.columns}
        fields = [known[name] for name in kind.row._fields[1:]]  # type: ignore[attr-defined]
        # A cell of its own at the end stands for columns that the file does not have.
        absent = survey.header.width
        places = [survey.header.places[c.field] or (absent,) for c in fields]
        self._pick = itemgetter(*(p[0] for p in places))
        self._again = [(i, p[1:]) for i, p in enumerate(places) if len(p) > 1]
        reads: dict[Reads, Callable[[str], Any]] = {
            Reads.NUMBER: _Remembered(survey.number),
            Reads.MOMENT: _Remembered(survey.moment),
            Reads.COUNT: _Remembered(_count),
        }
        self._read = [(i, reads[c.reads], c) for i, c in enumerate(fields) if c.reads in reads]
        self._filled = [(i, c) for i, c in enumerate(fields) if c.filled]

    def __call__(self, line: int, cells: list[str]) -> Row:
        cells.append("")
        picked = list(self._pick(cells))
        for i, others in self._again:
            for place in others:
                picked[i] = picked[i] or cells[place]
        for i, column in self._filled:
            if not picked[i].strip():
                raise UnreadableError(Reason.ROW, f"{column.names[0]} is blank", line)
        if max(map(len, picked)) > TEXT_LIMIT:
            picked = [bounded(text, TEXT_LIMIT) for text in picked]
        values: list[Any] = picked
        for i, read, column in self._read:
            text = values[i]
            if not text:
                values[i] = None
                continue
            values[i] = read(text)
            if values[i] is None:
                raise _odd(column, text, line)
        return (line, *values)


class _Remembered(Generic[V]):
    """A reader that knows what it has read."""

    def __init__(self, read: Callable[[str], V | None]) -> None:
        self._read = read
        self._known: dict[str, V | None] = {}

    def __call__(self, text: str) -> V | None:
        try:
            return self._known[text]
        except KeyError:
            if len(self._known) >= MEMORY:
                self._known.clear()
            value = self._known[text] = self._read(text)
            return value


def _count(text: str) -> int | None:
    text = text.strip()
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= COUNT_LIMIT):
        return None
    return int(text)


def _odd(column: Column, text: str, line: int) -> UnreadableError:
    kinds = {
        Reads.COUNT: "number of units",
        Reads.NUMBER: "amount",
        Reads.MOMENT: "time",
    }
    what = f"{column.names[0]} is {text[:40]!r}, which is no {kinds[column.reads]}"
    return UnreadableError(Reason.ROW, what, line)
