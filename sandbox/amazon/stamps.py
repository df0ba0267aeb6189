"""Times as Amazon writes them: ISO 8601 in UTC."""

from datetime import UTC, datetime


def iso(at: int) -> str:
    """Epoch milliseconds as orders and notifications show them."""
    whole = datetime.fromtimestamp(at / 1000, UTC)
    return whole.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03d}Z"


def plain(at: int) -> str:
    """Epoch milliseconds as flat files show them (ASSUMED for SA)."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def read(text: str) -> int:
    """ISO 8601 as epoch milliseconds; without an offset it is UTC.

    Raises:
        ValueError: It is no time.
    """
    parsed = datetime.fromisoformat(text.strip().replace(" ", "+"))
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=UTC)
    return round(parsed.timestamp() * 1000)
