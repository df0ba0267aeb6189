"""What the marketplace's quotas force: the least time in which calls can have been made."""

from collections.abc import Iterable, Mapping
from math import ceil

Quota = tuple[int, float]
"""(calls, seconds)."""


def floor_seconds(calls: Mapping[str, int], quotas: Mapping[str, Iterable[Quota]]) -> float:
    """The longest of the least times over all operations of one account.

    n calls at L per window of W seconds take at least the full windows before the last one:
    (ceil(n / L) - 1) * W.

    Args:
        calls: Successful calls by operation.
        quotas: Quotas by operation; those under "*" hold for every operation.
    """
    every = tuple(quotas.get("*", ()))
    return max(
        (
            (ceil(count / limit) - 1) * window
            for operation, count in calls.items()
            if count
            for limit, window in (*every, *quotas.get(operation, ()))
        ),
        default=0.0,
    )
