"""`souk up` leaves nothing behind, and the next start goes on with the same data."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from tests.fixtures.command import ROOT, souk
from tests.fixtures.stack import own_folder
from tests.fixtures.waiting import eventually

PACE = "2"


class Running:
    """A `souk up` whose output is a file."""

    def __init__(self, process: asyncio.subprocess.Process, output: Path) -> None:
        self.process = process
        self.output = output

    async def until_recorded(self, orders: int) -> None:
        async def recorded() -> bool | None:
            counts = re.findall(r"recorded=(\d+)", self.output.read_text())
            return True if counts and int(counts[-1]) >= orders else None

        try:
            await eventually(recorded, within_s=100)
        except AssertionError:
            raise AssertionError(f"no {orders} orders:\n{self.output.read_text()}") from None

    async def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        async with asyncio.timeout(30):
            return await self.process.wait()


@asynccontextmanager
async def up(folder: Path) -> AsyncIterator[Running]:
    output = folder / "up.txt"
    with output.open("w") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "workers.cli", "up"),
            *("--data", str(folder / "data"), "--per-second", PACE, "--channels", "trendyol"),
            stdout=file,
            stderr=file,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    try:
        yield Running(process, output)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def left_over(folder: Path) -> list[str]:
    """Command lines of processes that still work in a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            alive = process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
        if alive and str(folder) in " ".join(words):
            found.append(" ".join(words))
    return found


async def until_nothing_is_left(folder: Path) -> None:
    async def gone() -> bool | None:
        return None if left_over(folder) else True

    await eventually(gone, within_s=30)


@pytest.mark.timeout(360)
async def test_killed_then_ended_then_finished() -> None:
    with own_folder() as folder:
        async with up(folder) as first:
            await first.until_recorded(4)
            await first.end(signal.SIGKILL)
        await until_nothing_is_left(folder)

        async with up(folder) as second:
            await second.until_recorded(8)
            in_use = await souk("up", "--data", str(folder / "data"))
            assert in_use.code == 2
            assert f"in use by process {second.process.pid}" in in_use.err
            assert await second.end(signal.SIGINT) == 0
        assert second.output.read_text().splitlines()[-1].startswith("Ended.")
        assert left_over(folder) == []

        rest = await souk(
            "demo", "--orders", "2", "--data", str(folder / "data"), "--exit", "--json",
            "--within", "120", "--channels", "trendyol",
        )  # fmt: skip
        assert rest.code == 0, rest.err + rest.out
        orders = rest.json["orders"]
        assert orders["placed"] == orders["finished"] >= 22
