"""The sandboxes' time: epoch milliseconds, UTC."""

import time

DAY_MS = 86_400_000


def now_ms() -> int:
    """The present in epoch milliseconds, UTC."""
    return time.time_ns() // 1_000_000
