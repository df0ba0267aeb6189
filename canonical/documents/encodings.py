"""In which encoding a file's lines are: decided for the whole file, by its bytes.

UTF-8 proves itself. Otherwise it is one of two that share all bytes and mean different letters:
Western (cp1252) or Arabic (cp1256). A word in which such a letter stands among Latin ones is
Western, one made of such letters alone is Arabic.
"""

import re

from canonical.documents.faults import Reason, UnreadableError

UTF8, WESTERN, ARABIC = "utf-8", "cp1252", "cp1256"
BOM = b"\xef\xbb\xbf"
_WORDS = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_LATIN = re.compile(rb"[A-Za-z]")


class EncodingVotes:
    """Looks at lines, each once, and then says what the file is."""

    def __init__(self) -> None:
        self._utf8 = True
        self._odd: int | None = None
        """The first line that reads differently by the two."""
        self._first: dict[str, int] = {}
        """The first line that speaks for each."""

    def look(self, line: bytes, number: int) -> None:
        """Takes a line that is not ASCII alone."""
        if self._utf8:
            try:
                line.decode(UTF8)
            except UnicodeDecodeError:
                self._utf8 = False
        for word in _WORDS.findall(line):
            self._vote(word, number)

    def _vote(self, word: bytes, number: int) -> None:
        western, arabic = _decoded(word, WESTERN), _decoded(word, ARABIC)
        if western == arabic:
            return
        self._odd = self._odd or number
        if western is None:
            self._first.setdefault(ARABIC, number)
        elif _LATIN.search(word):
            if western.isalpha():
                self._first.setdefault(WESTERN, number)
        elif len(word) > 1 and arabic is not None and arabic.isalpha():
            self._first.setdefault(ARABIC, number)

    def decided(self) -> str:
        """The file's encoding.

        Raises:
            UnreadableError: Its bytes speak for both, or for none.
        """
        if self._utf8 or self._odd is None:
            return UTF8 if self._utf8 else WESTERN
        if len(self._first) == 1:
            return next(iter(self._first))
        if not self._first:
            what = "the letters beyond ASCII are not UTF-8, and nothing tells what else they are"
            raise UnreadableError(Reason.ENCODING, what, self._odd)
        what = (
            f"the bytes are Western (cp1252) in line {self._first[WESTERN]}"
            f" and Arabic (cp1256) in line {self._first[ARABIC]}"
        )
        raise UnreadableError(Reason.ENCODING, what, max(self._first.values()))


def _decoded(word: bytes, encoding: str) -> str | None:
    try:
        return word.decode(encoding)
    except UnicodeDecodeError:
        return None
