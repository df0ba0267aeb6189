"""Time as Trendyol's API speaks it: epoch milliseconds."""

import time

ISTANBUL_SHIFT_MS = 10_800_000
"""orderDate is UTC plus three hours, all other stamps are UTC (samples in the 2025-12 docs)."""

DAY_MS = 86_400_000


def now_ms() -> int:
    """The present in epoch milliseconds, UTC."""
    return time.time_ns() // 1_000_000
