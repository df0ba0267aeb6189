"""`python -m tests.bench.bus`: durable sends and receives a second, beside SQLite in the same run.

The broker is a process of its own over a folder of its own; the client is a bare AMQP one, so that
the figures are the broker's and not an SDK's. "SQLite" commits the same rows (the broker's table
and indexes, WAL, synchronous=FULL) in the batches that the broker committed, in this process.
"""

import argparse
import asyncio
import itertools
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.table import Table

from sandbox.servicebus.storage.schema import PRAGMAS, TABLES
from tests.sandbox.servicebus.program import Program
from tests.sandbox.servicebus.wire import Wire, batch, message

BODY = b"x" * 1000
BATCH = 100
WINDOW = 500


@dataclass
class Figure:
    """One line: how many messages, in how long, with how many commits and how much CPU."""

    name: str
    count: int
    seconds: float
    commits: int
    cpu: float
    sqlite: float

    def row(self) -> tuple[str, ...]:
        """The cells."""
        rate, alone = self.count / self.seconds, self.count / self.sqlite
        return (
            self.name,
            f"{rate:,.0f}",
            f"{self.count / max(1, self.commits):,.0f}",
            f"{self.cpu / self.count * 1e6:,.0f}",
            f"{alone:,.0f}",
            f"{rate / alone:.2f}",
        )


async def main() -> None:
    """Runs the bench and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bus", description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    count = parser.parse_args().messages
    with tempfile.TemporaryDirectory() as folder:
        declaration = {"queues": {"q": {"lock_duration": "PT5M", "default_ttl": "P14D"}}}
        program = await Program(declaration, Path(folder)).start()
        try:
            figures = await _figures(program, Path(folder), count)
        finally:
            await program.stop()
    table = Table(title=f"{count:,} messages of {len(BODY):,} bytes, one queue, one connection")
    for title in (
        *("", "messages/s", "messages a commit", "broker CPU µs a message"),
        *("SQLite alone, messages/s", "of SQLite"),
    ):
        table.add_column(title, justify="right")
    for figure in figures:
        table.add_row(*figure.row())
    Console(width=140).print(table)


async def _figures(program: Program, folder: Path, count: int) -> list[Figure]:
    wire = await Wire.connect(program.port)
    handle = await wire.sender("q")
    few = max(200, count // 20)

    async def measure(
        name: str, number: int, work: Callable[[int], Coroutine[None, None, None]]
    ) -> Figure:
        before, cpu, begun = await _commits(program), _cpu(program), time.perf_counter()
        await work(number)
        seconds, used = time.perf_counter() - begun, _cpu(program) - cpu
        commits = await _commits(program) - before
        alone = _sqlite(folder, number, commits, delete="receive" in name)
        return Figure(name, number, seconds, commits, used, alone)

    async def send_one_by_one(number: int) -> None:
        for _ in range(number):
            await wire.outcome(wire.send(handle, message(BODY, "id")))

    async def send_ahead(number: int) -> None:
        for done in range(number):
            sent = wire.send(handle, message(BODY, f"id{done}"))
            if done % 50 == 49:
                await wire.answered(sent - WINDOW)
        await wire.outcome(sent)

    async def send_batches(number: int) -> None:
        for done in range(number // BATCH):
            sent = wire.send(
                handle,
                batch([message(BODY, f"b{done}-{part}") for part in range(BATCH)]),
                batched=True,
            )
            await wire.answered(sent - 5)
        await wire.outcome(sent)

    return [
        await measure("send, one after the other", few, send_one_by_one),
        await measure(f"send, {WINDOW} ahead", count, send_ahead),
        await measure(f"send, batches of {BATCH}", count, send_batches),
        await measure("receive, one after the other", few, lambda n: _receive(program, n, 1)),
        await measure("receive, 250 ahead", count, lambda n: _receive(program, n, 250)),
        await measure(
            "receive and delete, 250 ahead", count, lambda n: _receive(program, n, 250, delete=True)
        ),
    ]


async def _receive(program: Program, number: int, ahead: int, *, delete: bool = False) -> None:
    wire = await Wire.connect(program.port)
    handle = await wire.receiver("q", ahead, delete=delete)
    done = 0
    while done < number:
        await wire.until(lambda: bool(wire.received))
        taken = list(wire.received)
        wire.received.clear()
        done += len(taken)
        if not delete:
            wire.settle(taken[0].delivery_id, taken[-1].delivery_id)
            if ahead == 1:
                await wire.settled(taken[-1].delivery_id)
        wire.credit(handle, min(ahead, number - done), done)
    if not delete:
        await wire.settled(taken[-1].delivery_id)
    await wire.close()


def _cpu(program: Program) -> float:
    """Seconds of CPU that the broker has used (proc(5), stat, fields 14 and 15)."""
    assert program.process is not None
    stat = Path(f"/proc/{program.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


async def _commits(program: Program) -> int:
    async with aiohttp.ClientSession() as http, http.get(program.url("/metrics")) as response:
        lines = (await response.text()).splitlines()
    return int(next(line for line in lines if "commits" in line).split()[1])


def _sqlite(folder: Path, count: int, commits: int, *, delete: bool) -> float:
    """Seconds that SQLite takes for as many rows in as many commits."""
    path = folder / "alone.db"
    for part in folder.glob("alone.db*"):
        part.unlink()
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    connection.executescript(TABLES)
    insert = "INSERT INTO messages VALUES (?,1,0,NULL,0,?,?,NULL,?,?,?)"
    rows = [(number, number, number + 10**9, b"@@@@", b"", BODY) for number in range(count)]
    commits = max(1, commits)
    cuts = [count * part // commits for part in range(commits + 1)]
    begun = time.perf_counter()
    for start, end in itertools.pairwise(cuts):
        connection.execute("BEGIN")
        connection.executemany(insert, rows[start:end])
        connection.execute("COMMIT")
    if delete:
        begun = time.perf_counter()
        for start, end in itertools.pairwise(cuts):
            connection.execute("BEGIN")
            ids = [(number,) for number in range(start, end)]
            connection.executemany("DELETE FROM messages WHERE id=?", ids)
            connection.execute("COMMIT")
    seconds = time.perf_counter() - begun
    connection.close()
    return seconds


if __name__ == "__main__":
    asyncio.run(main())
