"""Unpacking a stream that may or may not be gzip, once at most, and never beyond a limit. Pure.

The bytes decide, not what was said of them: a document that is announced as GZIP can be plain, and
one that an HTTP library has unpacked already must not be unpacked again.
"""

import zlib
from collections.abc import Iterator

MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 1 << 20


class TooLargeError(ValueError):
    """It unpacks to more than may be kept."""


class BrokenArchiveError(ValueError):
    """It begins as gzip and is none, or ends before its end."""


class Unpacking:
    """Takes pieces as they come, gives them unpacked."""

    def __init__(self, limit: int, *, unpack: bool = True) -> None:
        """Begins a stream.

        Args:
            limit: Bytes that it may unpack to.
            unpack: Whether gzip is looked for at all.
        """
        self._looks = unpack
        self._limit = limit
        self._given = 0
        self._begun = False
        self._head = b""
        self._packed: zlib._Decompress | None = None

    @property
    def is_gzip(self) -> bool:
        return self._packed is not None

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The next pieces of the content.

        Raises:
            TooLargeError: Reading must stop.
            BrokenArchiveError: It is damaged.
        """
        if not self._begun:
            self._head += piece
            if len(self._head) < len(MAGIC):
                return
            piece, self._head, self._begun = self._head, b"", True
            if self._looks and piece.startswith(MAGIC):
                self._packed = zlib.decompressobj(_GZIP)
        yield from self._unpacked(piece) if self._packed else self._counted(piece)

    def finish(self) -> Iterator[bytes]:
        """What is left at the end.

        Raises:
            BrokenArchiveError: The end is missing.
        """
        if not self._begun:
            yield from self._counted(self._head)
        elif self._packed is not None and not self._packed.eof:
            raise BrokenArchiveError("the gzip stream ends before its end")

    def _unpacked(self, piece: bytes) -> Iterator[bytes]:
        while piece and self._packed is not None:
            if self._packed.eof:
                if not piece.startswith(MAGIC):
                    # Padding after the last member, which gzip allows.
                    return
                self._packed = zlib.decompressobj(_GZIP)
            try:
                out = self._packed.decompress(piece, _PIECE)
            except zlib.error as error:
                raise BrokenArchiveError(f"the gzip stream is damaged: {error}") from None
            yield from self._counted(out)
            piece = self._packed.unconsumed_tail or self._packed.unused_data

    def _counted(self, out: bytes) -> Iterator[bytes]:
        self._given += len(out)
        if self._given > self._limit:
            raise TooLargeError(f"it holds more than the {self._limit} bytes that are kept")
        if out:
            yield out
