"""`python -m tests.bench.quota` (or `make quota-bench`): prints a table and one line of JSON.

Every kind of quota at saturation, both lanes loaded, by 1, 4 and 8 worker processes of three
clients; then trouble: kill -9, a stall, the database away, a quota halved unannounced.
"""

import argparse
import asyncio
import json
import signal
import sys
import time
from asyncio.subprocess import Process
from dataclasses import asdict, dataclass

from canonical.abilities import Quota, QuotaKind
from tests.bench.quota.plan import LASTING_S, QUOTAS, WINDOW_S, WINDOWS, quotas
from tests.bench.quota.possible import Circumstance, bounds, counted, possible
from tests.bench.quota.speed import reservations
from tests.bench.quota.stage import Counted, Stage, staged

CLIENTS = ("souk", "tenacity", "aiolimiter")
NAMES = tuple(quota.name for quota in QUOTAS)
TROUBLE_S = 10.0
SPAN_S = WINDOWS * WINDOW_S - 0.5
"""After trouble: ten windows, but for the first instant of the eleventh."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    client: str
    processes: int
    quota: str
    used: float
    """Share of the quota."""
    of_possible: float | None
    """Share of what could have been used: see `possible`. None where nothing could."""
    refused: int


@dataclass(frozen=True)
class Span:
    """A piece of a run and the marketplace's count at its two ends."""

    start: float
    length: float
    before: dict[str, Counted]
    after: dict[str, Counted]

    def row(
        self, what: str, client: str, processes: int, quota: Quota, happened: Circumstance
    ) -> Row:
        """The line of one quota."""
        taken = self.after[quota.name].taken
        count = counted(quota, taken, self.start, self.length)
        limit = quota.limit / 2 if happened.halved is not None else quota.limit
        each = LASTING_S if quota.kind is QuotaKind.CONCURRENCY else quota.per.total_seconds()
        _, length = bounds(quota, self.start, self.length)
        ideal = possible(quota, taken, self.start, self.length, happened)
        refused = len(self.after[quota.name].refused) - len(self.before[quota.name].refused)
        return Row(
            what,
            client,
            processes,
            quota.name,
            count * each / (limit * length),
            count / ideal if ideal > 0 else None,
            refused,
        )


async def watched(stage: Stage, length: float) -> Span:
    """Lets so many seconds pass."""
    before, start = await stage.report(), time.time()
    await asyncio.sleep(length)
    return Span(start, time.time() - start, before, await stage.report())


async def at_work(stage: Stage, client: str, processes: int, names: tuple[str, ...]) -> None:
    """Starts afresh, and waits until every process is at work and the first burst is over."""
    await stage.clear()
    for _ in range(processes):
        await stage.start(client, names)
    await stage.until_called(names)
    await asyncio.sleep(WINDOW_S + processes / 4)


async def saturated(
    stage: Stage, client: str, processes: int, windows: int, names: tuple[str, ...]
) -> list[Row]:
    """These quotas at once, for so many windows."""
    await at_work(stage, client, processes, names)
    span = await watched(stage, windows * WINDOW_S)
    return [span.row("saturation", client, processes, q, Circumstance()) for q in quotas(names)]


async def troubled(stage: Stage, names: tuple[str, ...]) -> list[Row]:
    """Four processes: one is killed and replaced, one stalls, then the database is away."""
    await at_work(stage, "souk", 4, names)
    rows = []
    for what, trouble, number in (("kill -9", _kill, 0), ("stall of 10 s", _stall, 1)):
        struck = str(stage.workers[number].pid)
        under_way = {n: c.under_way.get(struck, 0) for n, c in (await stage.report()).items()}
        ends = asyncio.create_task(trouble(stage, stage.workers[number], names))
        span = await watched(stage, SPAN_S)
        await ends
        rows += [
            span.row(what, "souk", 4, quota, Circumstance(lost=under_way[quota.name]))
            for quota in quotas(names)
        ]
    stage.signal_database(signal.SIGSTOP)
    try:
        span = await watched(stage, TROUBLE_S)
    finally:
        stage.signal_database(signal.SIGCONT)
    away = Circumstance(away=TROUBLE_S + 1)
    rows += [span.row("while SQL is away 10 s", "souk", 4, q, away) for q in quotas(names)]
    span = await watched(stage, SPAN_S)
    rows += [span.row("after SQL was away", "souk", 4, q, Circumstance()) for q in quotas(names)]
    return rows


async def halved(stage: Stage, names: tuple[str, ...]) -> list[Row]:
    """Window and bucket halved without a word; then the two windows after, and two more."""
    cut = tuple(name for name in ("window", "bucket") if name in names)
    await at_work(stage, "souk", 4, cut)
    await asyncio.sleep(WINDOW_S)
    for name in cut:
        await stage.halve(name)
    happened = Circumstance(halved=time.time())
    rows = []
    for what in ("halved: windows 1-2", "halved: windows 3-4", "halved: windows 5-6"):
        span = await watched(stage, 2 * WINDOW_S)
        rows += [span.row(what, "souk", 4, q, happened) for q in quotas(cut)]
    return rows


async def _kill(stage: Stage, worker: Process, names: tuple[str, ...]) -> None:
    worker.kill()
    await stage.start("souk", names)


async def _stall(stage: Stage, worker: Process, names: tuple[str, ...]) -> None:
    worker.send_signal(signal.SIGSTOP)
    await asyncio.sleep(TROUBLE_S)
    worker.send_signal(signal.SIGCONT)


def say(rows: list[Row]) -> None:
    """Prints lines of the table."""
    for row in rows:
        sys.stdout.write(
            f"{row.what:22} {row.client:11} {row.processes:2} processes  {row.quota:12}"
            f" {row.used:7.1%} of the quota  {_share(row.of_possible)} of what could be"
            f"  {row.refused:5} refused\n"
        )
    sys.stdout.flush()


def _share(share: float | None) -> str:
    return "      -" if share is None else f"{share:7.1%}"


async def main(
    clients: list[str],
    processes: list[int],
    windows: int,
    parts: list[str],
    names: tuple[str, ...],
) -> None:
    """Measures and prints."""
    rows: list[Row] = []
    speeds: dict[str, float] = {}
    async with staged() as stage:
        if "saturation" in parts:
            for client in clients:
                for number in processes:
                    rows += (found := await saturated(stage, client, number, windows, names))
                    say(found)
        for name, trouble in (("trouble", troubled), ("halved", halved)):
            if name in parts:
                rows += (found := await trouble(stage, names))
                say(found)
        await stage.clear()
        if "speed" in parts:
            speeds = await reservations(stage.database.url)
            for what, rate in speeds.items():
                sys.stdout.write(f"{what}: {rate:,.0f} a second\n")
    report = {"rows": [asdict(row) for row in rows], "speed": speeds}
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--clients", nargs="+", default=list(CLIENTS), choices=CLIENTS)
    options.add_argument("--processes", nargs="+", type=int, default=[1, 4, 8])
    options.add_argument("--windows", type=int, default=WINDOWS)
    options.add_argument("--parts", nargs="+", default=["saturation", "trouble", "halved", "speed"])
    options.add_argument("--quotas", nargs="+", default=list(NAMES), choices=NAMES)
    asked = options.parse_args()
    asyncio.run(
        main(asked.clients, asked.processes, asked.windows, asked.parts, tuple(asked.quotas))
    )
