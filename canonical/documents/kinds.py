"""What a document may hold: by its kind where that is known, by its own bytes where it is not."""

from collections.abc import Iterable
from itertools import islice
from typing import BinaryIO

from canonical.documents import flat, ubl
from canonical.documents.columns import FlatKind
from canonical.documents.faults import Reason, UnreadableError
from canonical.documents.head import Content, DocumentHead, Reading
from canonical.documents.lines import header_of, lines_of
from canonical.documents.unpack import opened

PDF = b"%PDF-"
_BEGINNING = 1024
_XML = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")


def read_file(file: BinaryIO, known: Iterable[FlatKind]) -> Reading:
    """Reads a file that nobody has said anything of.

    Args:
        file: Read from its beginning, more than once.
        known: Kinds of flat files that it may be, by their columns.

    Raises:
        UnreadableError: It is of no known kind, or cannot be read; also while rows are asked for.
    """
    beginning = opened(file).read(_BEGINNING)
    if beginning.lstrip().startswith(PDF):
        return Reading(DocumentHead(content=Content.PDF))
    if beginning.lstrip().startswith(_XML):
        return ubl.read(file)
    for kind in known:
        if _has_columns(kind, file):
            return flat.read(kind, file)
    what = "the file is no UBL invoice, no PDF, and has the columns of no known kind of file"
    raise UnreadableError(Reason.UNKNOWN_KIND, what, 1)


def _has_columns(kind: FlatKind, file: BinaryIO) -> bool:
    """By all columns that the kind needs but one: with that missing it is parked by its name."""
    names = {name for _, line, _ in islice(lines_of(file), 1) for name in header_of(line)}
    needed = [c for c in kind.columns if c.needed]
    there = sum(1 for c in needed if names.intersection(c.names))
    return there >= max(len(needed) - 1, 1)
