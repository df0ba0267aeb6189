"""What is measured: quotas small enough that ten of their windows pass in less than a minute."""

from dataclasses import dataclass
from datetime import timedelta

from canonical.abilities import Quota, QuotaKind

WINDOW_S = 5.0
WINDOWS = 10
LASTING_S = 1.0
"""How long a call lasts where calls under way are counted."""
CHANNEL, ACCOUNT = "bench", "main"


def _quota(name: str, kind: QuotaKind, limit: int, per: float, burst: int = 1) -> Quota:
    return Quota(
        name=name,
        kind=kind,
        limit=limit,
        per=timedelta(seconds=per),
        burst=burst,
        operations=(name,),
    )


QUOTAS = (
    _quota("window", QuotaKind.WINDOW, 50, WINDOW_S),
    _quota("bucket", QuotaKind.BUCKET, 10, 1.0, 20),
    _quota("concurrency", QuotaKind.CONCURRENCY, 8, 5.0),
    _quota("period", QuotaKind.PERIOD, 100, WINDOW_S),
)


@dataclass(frozen=True)
class Task:
    """What one worker process does, as it is told on its command line."""

    client: str
    """`souk`, `tenacity` or `aiolimiter`."""
    url: str
    database: str
    names: tuple[str, ...]
    callers: int
    """Callers in each lane of each quota, each of which calls again at once."""


def quotas(names: tuple[str, ...]) -> tuple[Quota, ...]:
    """The quotas of these names."""
    return tuple(quota for quota in QUOTAS if quota.name in names)
