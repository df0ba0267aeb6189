"""Quotas for tests."""

from datetime import timedelta
from typing import Any

from canonical.abilities import Quota, QuotaKind


def quota(limit: int, seconds: float, kind: str = "window", **more: Any) -> Quota:
    values: dict[str, Any] = {
        "name": "q",
        "limit": limit,
        "per": timedelta(seconds=seconds),
        "kind": QuotaKind(kind),
        "operations": ("op",),
    }
    return Quota(**values | more)
