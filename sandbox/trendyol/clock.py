"""Time as Trendyol's API speaks it: epoch milliseconds."""

import time

ISTANBUL_SHIFT_MS = 10_800_000
"""orderDate is UTC plus three hours, all other stamps are UTC (samples in the 2025-12 docs)."""

DAY_MS = 86_400_000


_ahead_ms = 0


def set_ahead(seconds: float) -> None:
    """Lets the marketplace's clock run ahead of this machine's, or behind."""
    global _ahead_ms
    _ahead_ms = round(seconds * 1000)


def now_ms() -> int:
    """The present by the marketplace's clock, in epoch milliseconds, UTC."""
    return time.time_ns() // 1_000_000 + _ahead_ms
