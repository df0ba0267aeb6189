"""A file's bytes, unpacked once at most and within limits; what the bytes say counts, no flag."""

import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from canonical.documents.faults import Reason, UnreadableError

MAGIC = b"\x1f\x8b"
UNPACKED_LIMIT = 1 << 30
"""Bytes; five times what is fetched at most, which text that is packed well comes to."""
_PIECE = 1 << 18


def is_packed(file: BinaryIO) -> bool:
    """Whether a file begins as gzip; it is left at its beginning."""
    file.seek(0)
    begins = file.read(len(MAGIC)) == MAGIC
    file.seek(0)
    return begins


def opened(file: BinaryIO, limit: int = UNPACKED_LIMIT) -> BinaryIO:
    """The content from its beginning; the file itself stays open.

    Raises:
        UnreadableError: It is empty or packed twice; reading may raise it too.
    """
    packed = is_packed(file)
    pieces = _unpacked(file) if packed else iter(lambda: file.read(_PIECE), b"")
    content = io.BufferedReader(cast(io.RawIOBase, _Pieces(pieces, limit)), _PIECE)
    beginning = content.peek(len(MAGIC))
    if not beginning:
        raise UnreadableError(Reason.EMPTY, "the file is empty")
    if packed and beginning.startswith(MAGIC):
        what = "the file is packed (gzip) within a packed file, and is unpacked once at most"
        raise UnreadableError(Reason.PACKED_TWICE, what)
    return content


def _unpacked(file: BinaryIO) -> Iterator[bytes]:
    """Members of a gzip file one after the other; what follows the last is padding."""
    packed, rest = _unpacker(), b""
    while True:
        if len(rest) < len(MAGIC):
            rest += file.read(_PIECE)
        if packed.eof:
            if not rest.startswith(MAGIC):
                return
            packed = _unpacker()
        last = not rest
        try:
            piece = packed.decompress(rest, _PIECE)
        except zlib.error:
            what = "the packed file (gzip) is damaged"
            raise UnreadableError(Reason.ARCHIVE, what) from None
        if piece:
            yield piece
        elif last and not packed.eof:
            raise UnreadableError(Reason.ARCHIVE, "the packed file (gzip) ends before its end")
        rest = packed.unused_data if packed.eof else packed.unconsumed_tail


def _unpacker() -> "zlib._Decompress":
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


class _Pieces(io.RawIOBase):
    """Pieces as a file to be read once."""

    def __init__(self, pieces: Iterator[bytes], limit: int) -> None:
        self._pieces = pieces
        self._limit = limit
        self._given = 0
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
            self._given += len(self._rest)
            if self._given > self._limit:
                what = f"the file holds more than the {self._limit} bytes that are read"
                raise UnreadableError(Reason.TOO_LARGE, what)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
