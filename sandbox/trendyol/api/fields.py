"""Checks of body fields that several operations share."""

from decimal import Decimal
from typing import Any

from sandbox.trendyol.errors import bad_request


def of_number(row: dict[str, Any], name: str) -> int | Decimal | None:
    """A JSON number or nothing.

    Raises:
        ApiError: 400 for anything else.
    """
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise bad_request("invalid.request", f"{name} must be a number")
    return value


def of_text(row: dict[str, Any], name: str) -> str:
    """A text that is not empty.

    Raises:
        ApiError: 400 for anything else.
    """
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise bad_request("invalid.request", f"{name} is required")
    return value
