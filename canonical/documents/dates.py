"""How a file writes times: one way in the whole file.

ASSUMED: a time without a zone is UTC, as all that were seen with one.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

Parse = Callable[[str], datetime | None]

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?))? ?(UTC|GMT|Z|[+-]\d\d:?\d\d)?"
)
_WRITTEN = re.compile(
    r"(\d{1,2})([./])(\d{1,2})\2(\d{4})(?: (\d\d):(\d\d)(?::(\d\d))?)? ?(?:UTC|GMT)?"
)
_ZULU = frozenset({"UTC", "GMT", "Z", None})


def iso(text: str) -> datetime | None:
    """`2026-10-14T07:49:55+00:00`, `2026-10-14 07:49:55 UTC`, `2026-10-14`."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        return None
    day, clock, zone = found.groups()
    offset = "+00:00" if zone in _ZULU else zone
    try:
        return datetime.fromisoformat(f"{day}T{clock or '00:00'}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day_first(sign: str) -> Parse:
    return lambda text: _written(text, sign, day=1, month=3)


def _written(text: str, sign: str, day: int, month: int) -> datetime | None:
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or found[2] != sign:
        return None
    hour, minute, second = (int(found[part] or 0) for part in (5, 6, 7))
    try:
        date = (int(found[4]), int(found[month]), int(found[day]))
        return datetime(*date, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


FORMATS: Mapping[str, Parse] = {
    "iso": iso,
    "day.month.year": _day_first("."),
    "day/month/year": _day_first("/"),
    "month/day/year": lambda text: _written(text, "/", day=3, month=1),
}
