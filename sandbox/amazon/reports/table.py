"""Flat files: tab-delimited text with a header."""

import hashlib
from collections.abc import Iterable, Iterator
from decimal import Decimal

from sandbox.amazon.knobs import Knobs

Row = dict[str, str]


class Table:
    """A flat file as it is written, with what the ledger says of it.

    Attributes:
        rows: Data rows written so far.
    """

    def __init__(
        self,
        columns: Iterable[str],
        rows: Iterable[Row],
        knobs: Knobs,
        again: Iterable[Row] = (),
        times: int = 0,
    ) -> None:
        """Plans a file.

        Args:
            columns: Its header.
            rows: Its rows.
            knobs: Encoding, decimal sign, surprises.
            again: Rows that follow so many times as `times` says, to make a file large.
            times: How often.
        """
        self._columns = list(columns)
        self._rows = rows
        self._again = list(again)
        self._times = times
        self._encoding = knobs.report_encoding
        self._digest = hashlib.sha256()
        self.rows = 0
        if knobs.report_extra_column:
            self._columns.insert(1, "fulfillment-programme")

    def lines(self) -> Iterator[bytes]:
        """The file, line by line."""
        encoding = "utf-8" if self._encoding == "utf-8-sig" else self._encoding
        if self._encoding == "utf-8-sig":
            yield self._noted(b"\xef\xbb\xbf")
        yield self._noted(("\t".join(self._columns) + "\n").encode(encoding))
        for row in self._rows:
            self.rows += 1
            yield self._noted(self._line(row, encoding))
        block = b"".join(self._line(row, encoding) for row in self._again)
        for _ in range(self._times):
            self.rows += len(self._again)
            yield self._noted(block)

    def _line(self, row: Row, encoding: str) -> bytes:
        text = "\t".join(_cell(row.get(column, "")) for column in self._columns) + "\n"
        return text.encode(encoding, "replace")

    @property
    def sha256(self) -> str:
        """Of what was written, before compression."""
        return self._digest.hexdigest()

    def _noted(self, line: bytes) -> bytes:
        self._digest.update(line)
        return line


def _cell(text: str) -> str:
    return text.replace("\t", " ").replace("\n", " ")


def number(amount: Decimal, knobs: Knobs) -> str:
    """An amount with the decimal sign that the file uses."""
    return f"{amount:.2f}".replace(".", knobs.report_decimals)
