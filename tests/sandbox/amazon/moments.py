"""ISO 8601 with an offset, as `date-time` asks for."""

from datetime import datetime


def is_moment(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return datetime.fromisoformat(value).tzinfo is not None and "T" in value
    except ValueError:
        return False
