"""How long to keep quiet after a refusal for quota that named no time."""

import random
import time
from collections.abc import Callable
from datetime import timedelta

FIRST = 1.0
LONGEST = 60.0


class Backoff:
    """Doubles per operation from 1 s to 60 s, with jitter, until an answer comes through.

    Calls that were under way together and are refused together count as one refusal.
    """

    def __init__(
        self,
        rng: random.Random | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._refusals: dict[str, int] = {}
        self._until: dict[str, float] = {}
        self._clock = clock
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret

    def next(self, operation: str) -> timedelta:
        """The wait after one more refusal."""
        now = self._clock()
        left = self._until.get(operation, now) - now
        if left > 0:
            return timedelta(seconds=left)
        count = self._refusals.get(operation, 0)
        self._refusals[operation] = count + 1
        ceiling = min(FIRST * 2.0 ** min(count, 16), LONGEST)
        wait = max(FIRST, ceiling * self._rng.uniform(0.5, 1.0))
        self._until[operation] = now + wait
        return timedelta(seconds=wait)

    def reset(self, operation: str) -> None:
        """The operation got through."""
        self._refusals.pop(operation, None)
        self._until.pop(operation, None)
