"""How many slots a second the limiter itself gives out, where no quota holds it back."""

import asyncio
import time
from datetime import timedelta

from canonical.abilities import Quota, QuotaKind
from store.limiter import SlotLimiter, SqlRows

SPAN_S = 5.0
CALLERS = 64


def _plenty(rows: int) -> list[Quota]:
    return [
        Quota(
            name=f"q{n}",
            kind=QuotaKind.BUCKET,
            limit=1_000_000,
            per=timedelta(seconds=1),
            burst=1_000_000,
            operations=(f"op{n}",),
        )
        for n in range(rows)
    ]


async def reservations(database: str) -> dict[str, float]:
    """One process's limiters, one after the other: a hot row alone, shared, and many rows."""
    return {
        "slots, 64 callers on one row": await _rate(database, limiters=1, rows=1),
        "slots, 4 limiters on one row": await _rate(database, limiters=4, rows=1),
        "slots, 4 limiters on 50 rows": await _rate(database, limiters=4, rows=50),
        "slots, one caller": await _rate(database, limiters=1, rows=1, callers=1),
    }


async def _rate(database: str, limiters: int, rows: int, callers: int = CALLERS) -> float:
    quotas = {f"speed{limiters}-{rows}-{callers}": _plenty(rows)}
    (channel,) = quotas
    opened = [SlotLimiter(SqlRows.connect(database), quotas) for _ in range(limiters)]
    ends = time.monotonic() + SPAN_S
    count = 0

    async def caller(limiter: SlotLimiter, number: int) -> None:
        nonlocal count
        while time.monotonic() < ends:
            await limiter.reserve(channel, "main", f"op{number % rows}")
            count += 1

    await asyncio.gather(*(caller(one, n) for one in opened for n in range(callers)))
    for one in opened:
        await one.close()
    return count / SPAN_S
