"""Request quotas: a sliding log per operation and seller."""

import time
from collections import defaultdict, deque

from sandbox.trendyol.knobs import Knobs


class Quotas:
    """Admits or throttles calls; a throttled call uses nothing up."""

    def __init__(self, knobs: Knobs, *, enforced: bool = True) -> None:
        self._knobs = knobs
        self._enforced = enforced
        self._logs: dict[tuple[str, str, float], deque[float]] = defaultdict(deque)

    def admit(self, seller: str, operation: str) -> bool:
        """Whether this call is within every quota of its operation."""
        if not self._enforced:
            return True
        now = time.monotonic()
        quotas = self._knobs.quotas
        logs = []
        for limit, period in [*quotas.get("*", []), *quotas.get(operation, [])]:
            used = self._logs[seller, operation, period]
            while used and used[0] <= now - period:
                used.popleft()
            if len(used) >= limit:
                return False
            logs.append(used)
        for used in {id(used): used for used in logs}.values():
            used.append(now)
        return True
