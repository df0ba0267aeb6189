"""Which of several ways of writing fits all cells of a file."""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

V = TypeVar("V")

MEMORY = 100_000
"""Texts that are remembered; a file of a million rows has few more."""


class Candidates(Generic[V]):
    """Ways of reading, each as long as it has read everything."""

    def __init__(self, formats: Mapping[str, Callable[[str], V | None]]) -> None:
        self._formats = dict(formats)
        self._known: dict[bytes, dict[str, V]] = {}
        self.left = set(formats)
        self.lost_at: int | None = None
        """The line of the first cell that none of them has read, along with those before it."""
        self._lines: dict[frozenset[str], int] = {}

    def look(self, cell: bytes, line: int) -> Mapping[str, V]:
        """What a cell is by each way that is left."""
        read = self._known.get(cell)
        if read is None:
            read = self._read(cell)
            if len(self._known) >= MEMORY:
                self._known.clear()
            self._known[cell] = read
            if self.left - read.keys():
                self.left &= read.keys()
                self.lost_at = line if not self.left else self.lost_at
            if len(set(read.values())) > 1:
                differ = frozenset(
                    a for a, v in read.items() if any(v != other for other in read.values())
                )
                self._lines.setdefault(differ, line)
        return read

    def differ_at(self, names: Iterable[str]) -> int | None:
        """The first line that these ways read differently."""
        asked = set(names)
        return min((at for which, at in self._lines.items() if asked <= which), default=None)

    def _read(self, cell: bytes) -> dict[str, V]:
        try:
            text = cell.decode()
        except UnicodeDecodeError:
            text = cell.decode("latin-1")
        read = ((name, parse(text)) for name, parse in self._formats.items())
        return {name: value for name, value in read if value is not None}
