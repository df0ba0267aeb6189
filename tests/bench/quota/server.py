"""The counting marketplace: lets calls in by the models of the limiter's tests, and counts.

`python -m tests.bench.quota.server` prints its port. A call arrives 0 to 50 ms after it came.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from aiohttp import web

from canonical.abilities import Quota, QuotaKind
from tests.bench.quota.plan import LASTING_S, QUOTAS
from tests.store.limiter.market import (
    BucketMarket,
    ConcurrencyMarket,
    Market,
    PeriodMarket,
    WindowMarket,
)

JITTER_S = 0.05


@dataclass
class Count:
    """One quota as the marketplace keeps it, and what came of it."""

    quota: Quota
    market: Market
    taken: list[float] = field(default_factory=list)
    """When calls were let in."""
    refused: list[float] = field(default_factory=list)
    under_way: Counter[str] = field(default_factory=Counter)
    """By worker."""


class Marketplace:
    """All quotas, and the way to start afresh or to halve them."""

    def __init__(self) -> None:
        self.counts: dict[str, Count] = {}
        self.start()

    def start(self) -> None:
        """Forgets everything."""
        self.counts = {q.name: Count(q, market(q)) for q in QUOTAS}

    async def call(self, request: web.Request) -> web.Response:
        """A call of a client."""
        count = self.counts[request.match_info["name"]]
        await asyncio.sleep(random.uniform(0, JITTER_S))
        at = clock(count.quota)
        if not count.market.takes(at):
            count.refused.append(time.time())
            return web.Response(status=429)
        count.taken.append(time.time())
        if count.quota.kind is QuotaKind.CONCURRENCY:
            worker = request.headers.get("X-Worker", "")
            count.under_way[worker] += 1
            try:
                await asyncio.sleep(LASTING_S - (clock(count.quota) - at))
            finally:
                count.under_way[worker] -= 1
        return web.Response(text="ok")

    async def restart(self, request: web.Request) -> web.Response:
        """Starts afresh."""
        self.start()
        return web.Response()

    async def halve(self, request: web.Request) -> web.Response:
        """Halves a quota, unannounced."""
        kept = self.counts[request.match_info["name"]].market
        if isinstance(kept, WindowMarket | BucketMarket):
            kept.limit //= 2
        return web.Response()

    async def report(self, request: web.Request) -> web.Response:
        """All that was counted."""
        found = {
            name: {"taken": c.taken, "refused": c.refused, "under_way": c.under_way}
            for name, c in self.counts.items()
        }
        return web.json_response(found)


def clock(quota: Quota) -> float:
    """Monotonic; wall time where resets are bound to it."""
    return time.time() if quota.kind is QuotaKind.PERIOD else time.monotonic()


def market(quota: Quota) -> Market:
    """The model that keeps a quota."""
    per = quota.per.total_seconds()
    if quota.kind is QuotaKind.BUCKET:
        return BucketMarket(quota.limit, per, quota.burst, seen=time.monotonic())
    if quota.kind is QuotaKind.CONCURRENCY:
        return ConcurrencyMarket(quota.limit, LASTING_S)
    if quota.kind is QuotaKind.PERIOD:
        return PeriodMarket(quota.limit, per)
    return WindowMarket(quota.limit, per)


async def main() -> None:
    """Serves until it is killed."""
    marketplace = Marketplace()
    app = web.Application()
    app.router.add_post("/-/restart", marketplace.restart)
    app.router.add_post("/-/halve/{name}", marketplace.halve)
    app.router.add_get("/-/report", marketplace.report)
    app.router.add_get("/call/{name}", marketplace.call)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
