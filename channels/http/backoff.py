"""How long to keep quiet after a refusal for quota that named no time."""

import random
from datetime import timedelta

FIRST = 1.0
LONGEST = 60.0


class Backoff:
    """Doubles per operation from 1 s to 60 s, with jitter, until an answer comes through."""

    def __init__(self, rng: random.Random | None = None) -> None:
        self._refusals: dict[str, int] = {}
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret

    def next(self, operation: str) -> timedelta:
        """The wait after one more refusal."""
        count = self._refusals.get(operation, 0)
        self._refusals[operation] = count + 1
        ceiling = min(FIRST * 2.0 ** min(count, 16), LONGEST)
        return timedelta(seconds=max(FIRST, ceiling * self._rng.uniform(0.5, 1.0)))

    def reset(self, operation: str) -> None:
        """The operation got through."""
        self._refusals.pop(operation, None)
