"""Where a file's columns stand: by their names, wherever they are and whatever else there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from canonical.documents.columns import Column, FlatKind, Reads
from canonical.documents.faults import Reason, UnreadableError


@dataclass(frozen=True)
class Header:
    """One file's header, seen by one kind.

    Attributes:
        width: How many columns there are.
        places: For each field, where it may be found, the first that is filled first.
        summary: For each column of the summary, where it is.
    """

    width: int
    places: Mapping[str, tuple[int, ...]]
    summary: Mapping[str, int]

    def of(self, columns: Sequence[Column], reads: Reads) -> tuple[int, ...]:
        """Where cells stand that are read so."""
        return tuple(
            place for c in columns if c.reads is reads for place in self.places.get(c.field, ())
        )


def found(kind: FlatKind, names: Sequence[str], line: int) -> Header:
    """Finds what the kind needs.

    Raises:
        UnreadableError: A needed column is missing, or one that is read stands twice.
    """
    places = {
        c.field: tuple(_place(names, name, line) for name in c.names if name in names)
        for c in kind.columns
    }
    summary = {}
    if kind.summary:
        of = kind.summary
        wanted = (of.total, of.number, of.currency, of.period_from, of.period_to, of.paid_at)
        summary = {name: _place(names, name, line) for name in wanted if name in names}
        missing = [name for name in wanted if name not in names]
    else:
        missing = []
    missing += [" or ".join(c.names) for c in kind.columns if c.needed and not places[c.field]]
    if missing:
        what = f"the header lacks {', '.join(missing)}"
        raise UnreadableError(Reason.HEADER, what, line)
    return Header(len(names), places, summary)


def _place(names: Sequence[str], name: str, line: int) -> int:
    if names.count(name) > 1:
        raise UnreadableError(Reason.HEADER, f"the header has {name} more than once", line)
    return names.index(name)
