"""Request quotas: a sliding log for each seller."""

import time
from collections import defaultdict, deque

from sandbox.stall.knobs import Knobs

ALL = "*"


class Quotas:
    """Admits or throttles calls; a throttled call uses nothing up."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._logs: dict[tuple[str, str, float], deque[float]] = defaultdict(deque)

    def wait(self, seller: str, operation: str) -> float:
        """Seconds until the call would be within every quota; 0 admits it, and counts it."""
        now = time.monotonic()
        logs, wait = [], 0.0
        for counted in (ALL, operation):
            for limit, period in self._knobs.quotas.get(counted, []):
                used = self._logs[seller, counted, period]
                while used and used[0] <= now - period:
                    used.popleft()
                if len(used) >= limit:
                    wait = max(wait, used[0] + period - now)
                logs.append(used)
        if wait == 0.0:
            for used in logs:
                used.append(now)
        return wait
