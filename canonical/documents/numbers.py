"""How a file writes numbers: with a decimal point or a decimal comma, one way in the whole file.

`1.141` is one and a bit by the one, more than a thousand by the other; so a file's format is what
reads all its numbers, and where it states a total, what makes them add up to it.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

POINT, COMMA = "point", "comma"
DIGITS = 14
"""Before the decimal sign: what a column of money holds."""
DECIMALS = 4

_SIGN = r"[+-]?"
_GROUPED = {
    # Groups of exactly three, so that 57.50 is no thousands' point.
    POINT: re.compile(rf"{_SIGN}(?:\d+|\d{{1,3}}(?:[,\u00a0 ]\d{{3}})+)(?:\.\d+)?"),
    COMMA: re.compile(rf"{_SIGN}(?:\d+|\d{{1,3}}(?:[.\u00a0 ]\d{{3}})+)(?:,\d+)?"),
}
_MINUS = "\u2212"

Parse = Callable[[str], Decimal | None]


def by_point(text: str, places: int = DECIMALS) -> Decimal | None:
    """A number with a decimal point; None where it is none."""
    return _parsed(text, POINT, ",", ".", places)


def by_comma(text: str) -> Decimal | None:
    """A number with a decimal comma; None where it is none."""
    return _parsed(text, COMMA, ".", ",")


FORMATS: Mapping[str, Parse] = {POINT: by_point, COMMA: by_comma}


def _parsed(
    text: str, name: str, thousands: str, decimal: str, places: int = DECIMALS
) -> Decimal | None:
    text = text.strip().replace(_MINUS, "-")
    if not text.isascii() and not text.replace("\u00a0", "").isascii():
        return None
    if not _GROUPED[name].fullmatch(text):
        return None
    plain = text.replace(thousands, "").replace(" ", "").replace("\u00a0", "")
    whole, _, decimals = plain.replace(decimal, ".").partition(".")
    if len(whole.lstrip("+-").lstrip("0")) > DIGITS or len(decimals.rstrip("0")) > places:
        return None
    return Decimal(f"{whole}.{decimals}" if decimals else whole)
