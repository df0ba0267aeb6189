"""A flat file's lines as cells: a header, then rows; tab-delimited, without quotes."""

from collections.abc import Iterator
from typing import BinaryIO

from canonical.documents.encodings import BOM
from canonical.documents.faults import Reason, UnreadableError
from canonical.documents.unpack import opened

LINE_LIMIT = 1 << 20
"""Bytes; a longer line is none, and is not looked at to its end."""
NUL = b"\x00"


def lines_of(file: BinaryIO) -> Iterator[tuple[int, bytes, bool]]:
    """Each line that is not blank: its number from 1, its bytes, whether a line's end followed.

    Raises:
        UnreadableError: It is empty, badly packed, or no text of lines.
    """
    content = opened(file)
    number = 0
    while line := content.readline(LINE_LIMIT + 1):
        number += 1
        if len(line) > LINE_LIMIT:
            what = f"the line is longer than {LINE_LIMIT} bytes"
            raise UnreadableError(Reason.TOO_LARGE, what, number)
        ended = line.endswith(b"\n")
        line = line.rstrip(b"\r\n")
        if number == 1:
            line = line.removeprefix(BOM)
        if NUL in line:
            # No database takes it in a text.
            line = line.replace(NUL, b"")
        if line and not line.isspace():
            yield number, line, ended


def header_of(line: bytes) -> tuple[str, ...]:
    """The columns' names, in lower case."""
    return tuple(
        name.strip().strip('"').casefold() for name in line.decode("utf-8", "replace").split("\t")
    )


def cells_of(text: str, columns: int, number: int, *, ended: bool) -> list[str]:
    """A row's cells, as many as there are columns.

    Raises:
        UnreadableError: There are more, or the file breaks off within the row.
    """
    cells = text.split("\t")
    if len(cells) == columns:
        return cells
    if len(cells) > columns:
        what = f"the row has {len(cells)} cells, and there are {columns} columns"
        raise UnreadableError(Reason.ROW, what, number)
    if not ended:
        what = f"the file breaks off here: {len(cells)} cells of {columns}"
        raise UnreadableError(Reason.ROW, what, number)
    # Empty cells at a row's end may be left out.
    return cells + [""] * (columns - len(cells))
