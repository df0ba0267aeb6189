"""ISO-8601 durations, as the service's own declarations write them."""

import re
from datetime import timedelta
from typing import Final

_PATTERN: Final = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
FOREVER: Final = timedelta(milliseconds=922337203685477)
"""The service's "never": the greatest .NET TimeSpan, P10675199DT2H48M5.4775807S."""


def parse_duration(text: str) -> timedelta:
    """Reads a duration of days to seconds, such as `PT30S` or `P14D`.

    Raises:
        ValueError: It is none.
    """
    match = _PATTERN.fullmatch(text)
    if match is None or text in ("P", "PT") or text.endswith("T"):
        raise ValueError(f"{text!r} is no ISO-8601 duration such as PT30S, PT5M or P14D")
    parts = {name: float(value) for name, value in match.groupdict().items() if value}
    return min(timedelta(**parts), FOREVER)


def milliseconds(duration: timedelta) -> int:
    """Whole milliseconds."""
    return duration // timedelta(milliseconds=1)
