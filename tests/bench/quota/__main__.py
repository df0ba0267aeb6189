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
from dataclasses import asdict, dataclass

from canonical.abilities import Quota, QuotaKind
from tests.bench.quota.plan import LASTING_S, QUOTAS, WINDOW_S, WINDOWS, quotas
from tests.bench.quota.speed import reservations
from tests.bench.quota.stage import Stage, staged

CLIENTS = ("souk", "tenacity", "aiolimiter")
TROUBLE_S = 10.0


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    client: str
    processes: int
    quota: str
    used: float
    """Share of the quota."""
    refused: int


def share(quota: Quota, taken: list[float], start: float, span: float) -> float:
    """What was used of what the marketplace would have taken from `start` on."""
    per = quota.per.total_seconds()
    if quota.kind is QuotaKind.PERIOD:
        start = -(-start // per) * per
        span = span // per * per - per
    count = sum(start <= at < start + span for at in taken)
    if quota.kind is QuotaKind.CONCURRENCY:
        return count * LASTING_S / (quota.limit * span)
    return count / (quota.limit * span / per)


async def saturated(stage: Stage, client: str, processes: int, windows: int) -> list[Row]:
    """All quotas at once, for so many windows, once every process is at work."""
    names = tuple(quota.name for quota in QUOTAS)
    await stage.clear()
    for _ in range(processes):
        await stage.start(client, names)
    await stage.until_called(names)
    await asyncio.sleep(WINDOW_S + processes / 4)  # past the first burst, and all are up
    start = time.time()
    await asyncio.sleep(windows * WINDOW_S + 0.1)
    found = await stage.report()
    return [
        Row(
            "saturation",
            client,
            processes,
            quota.name,
            share(quota, found[quota.name]["taken"], start, windows * WINDOW_S),
            len(found[quota.name]["refused"]),
        )
        for quota in QUOTAS
    ]


async def troubled(stage: Stage) -> list[Row]:
    """Four processes: one is killed and replaced, one stalls, then the database is away."""
    names = tuple(quota.name for quota in QUOTAS)
    await stage.clear()
    for _ in range(4):
        await stage.start("souk", names)
    await stage.until_called(names)
    await asyncio.sleep(WINDOW_S)
    rows = []
    for what, trouble, over in (
        ("kill -9", _kill, True),
        ("stall of 10 s", _stall, True),
        ("while SQL is away 10 s", _away, True),
        ("after SQL was away", _nothing, False),
    ):
        before, start = await stage.report(), time.time()
        await trouble(stage)
        await asyncio.sleep(0 if over else 3 * WINDOW_S)
        span, found = time.time() - start, await stage.report()
        for quota in QUOTAS:
            counts, earlier = found[quota.name], before[quota.name]
            used = share(quota, counts["taken"], start, span)
            refused = len(counts["refused"]) - len(earlier["refused"])
            rows.append(Row(what, "souk", 4, quota.name, used, refused))
    return rows


async def halved(stage: Stage) -> list[Row]:
    """Window and bucket halved without a word; then the two windows after, and two more."""
    names = ("window", "bucket")
    await stage.clear()
    for _ in range(4):
        await stage.start("souk", names)
    await stage.until_called(names)
    await asyncio.sleep(2 * WINDOW_S)
    for name in names:
        await stage.halve(name)
    marks = [(await stage.report(), time.time())]
    for _ in range(3):
        await asyncio.sleep(2 * WINDOW_S)
        marks.append((await stage.report(), time.time()))
    rows = []
    labels = ("halved: windows 1-2", "halved: windows 3-4", "halved: windows 5-6")
    for what, (before, start), (after, end) in zip(labels, marks, marks[1:], strict=False):
        for quota in quotas(names):
            used = 2 * share(quota, after[quota.name]["taken"], start, end - start)
            new = len(after[quota.name]["refused"]) - len(before[quota.name]["refused"])
            rows.append(Row(what, "souk", 4, quota.name, used, new))
    return rows


async def _kill(stage: Stage) -> None:
    stage.workers[0].kill()
    await stage.start("souk", tuple(quota.name for quota in QUOTAS))
    await asyncio.sleep(TROUBLE_S)


async def _stall(stage: Stage) -> None:
    stage.workers[1].send_signal(signal.SIGSTOP)
    await asyncio.sleep(TROUBLE_S)
    stage.workers[1].send_signal(signal.SIGCONT)


async def _nothing(stage: Stage) -> None:
    return None


async def _away(stage: Stage) -> None:
    stage.signal_database(signal.SIGSTOP)
    try:
        await asyncio.sleep(TROUBLE_S)
    finally:
        stage.signal_database(signal.SIGCONT)


def say(rows: list[Row]) -> None:
    """Prints lines of the table."""
    for row in rows:
        sys.stdout.write(
            f"{row.what:22} {row.client:11} {row.processes:2} processes  {row.quota:12}"
            f" {row.used:7.1%} used  {row.refused:5} refused\n"
        )
    sys.stdout.flush()


async def main(clients: list[str], processes: list[int], windows: int, parts: list[str]) -> None:
    """Measures and prints."""
    rows: list[Row] = []
    speeds: dict[str, float] = {}
    async with staged() as stage:
        if "saturation" in parts:
            for client in clients:
                for number in processes:
                    rows += (found := await saturated(stage, client, number, windows))
                    say(found)
        for name, trouble in (("trouble", troubled), ("halved", halved)):
            if name in parts:
                rows += (found := await trouble(stage))
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
    asked = options.parse_args()
    asyncio.run(main(asked.clients, asked.processes, asked.windows, asked.parts))
