"""The words of a rule's SQL."""

import re
from typing import Final, NamedTuple

from sandbox.servicebus.amqp.errors import ARGUMENT_ERROR, AmqpError

_PATTERN: Final = re.compile(
    r"""\s*(?:
    (?P<number>\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+)
  | (?P<text>'(?:[^']|'')*')
  | (?P<quoted>\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*")
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<sign><>|!=|>=|<=|[-+*/%=<>(),.;])
)""",
    re.VERBOSE,
)
KEYWORDS: Final = frozenset(
    {"AND", "OR", "NOT", "LIKE", "ESCAPE", "IN", "IS", "NULL", "EXISTS", "TRUE", "FALSE"}
)


class Word(NamedTuple):
    """One word: its kind (number, text, name, keyword, sign, end), its value, where it stands."""

    kind: str
    value: str
    at: int


def words(sql: str) -> list[Word]:
    """Cuts SQL into words, with an `end` behind the last.

    Raises:
        AmqpError: Something in it is no word.
    """
    found: list[Word] = []
    pos = 0
    while sql[pos:].strip():
        match = _PATTERN.match(sql, pos)
        if match is None:
            raise bad(sql, pos, "is not understood")
        kind, raw = match.lastgroup or "", match.group(match.lastgroup or 0)
        at = match.start(kind)
        if kind == "text":
            found.append(Word("text", raw[1:-1].replace("''", "'"), at))
        elif kind == "quoted":
            end = raw[-1]
            found.append(Word("name", raw[1:-1].replace(end * 2, end), at))
        elif kind == "word" and raw.upper() in KEYWORDS:
            found.append(Word("keyword", raw.upper(), at))
        else:
            found.append(Word("name" if kind == "word" else kind, raw, at))
        pos = match.end()
    found.append(Word("end", "", len(sql)))
    return found


def bad(sql: str, at: int, why: str) -> AmqpError:
    """The error for SQL that is not understood."""
    there = repr(sql[at : at + 20].strip()) if sql[at:].strip() else "the end"
    return AmqpError(ARGUMENT_ERROR, f"{there} in {sql!r} {why}")
