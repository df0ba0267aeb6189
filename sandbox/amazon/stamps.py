"""Times as Amazon writes them: ISO 8601 in UTC."""

from datetime import UTC, datetime

_ahead = {"ms": 0}


def set_ahead(seconds: float) -> None:
    """Lets Amazon's clock go before (or, negative, behind) this machine's."""
    _ahead["ms"] = round(seconds * 1000)


def iso(at: int) -> str:
    """Epoch milliseconds as orders and notifications show them."""
    at += _ahead["ms"]
    whole = datetime.fromtimestamp(at / 1000, UTC)
    return whole.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03d}Z"


def plain(at: int) -> str:
    """Epoch milliseconds as flat files show them (ASSUMED for SA)."""
    shown = datetime.fromtimestamp((at + _ahead["ms"]) / 1000, UTC)
    return shown.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def read(text: str) -> int:
    """ISO 8601 as epoch milliseconds; without an offset it is UTC.

    Raises:
        ValueError: It is no time.
    """
    parsed = datetime.fromisoformat(text.strip().replace(" ", "+"))
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=UTC)
    return round(parsed.timestamp() * 1000) - _ahead["ms"]
