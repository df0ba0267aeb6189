"""Server, database and worker processes of a measurement, all of its own."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from store.migrate import upgrade
from tests.bench.quota.plan import Task
from workers.embedded import postgres

CALLERS = 6


@dataclass(frozen=True)
class Counted:
    """One quota by the marketplace's count."""

    taken: list[float]
    """When calls were let in."""
    refused: list[float]
    under_way: dict[str, int]
    """Calls under way, by the process that sent them."""


@dataclass
class Stage:
    """Where measurements take place."""

    url: str
    database: postgres.EmbeddedPostgres
    _session: aiohttp.ClientSession
    workers: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start(self, client: str, names: tuple[str, ...], callers: int = CALLERS) -> None:
        """Starts one worker."""
        task = Task(client, self.url, self.database.url, names, callers)
        self.workers.append(await _python("tests.bench.quota.worker", json.dumps(asdict(task))))

    async def clear(self) -> None:
        """Kills all workers and forgets what was counted."""
        for worker in self.workers:
            if worker.returncode is None:
                worker.kill()
            await worker.wait()
        self.workers.clear()
        await self._post("restart")

    async def halve(self, name: str) -> None:
        """Halves a quota at the marketplace, unannounced."""
        await self._post(f"halve/{name}")

    async def report(self) -> dict[str, Counted]:
        """What the marketplace counted, by quota."""
        async with self._session.get(f"{self.url}/-/report") as answer:
            return {name: Counted(**found) for name, found in (await answer.json()).items()}

    async def until_called(self, names: tuple[str, ...], within: float = 60.0) -> float:
        """Waits until every quota was called; answers when the last of them first was.

        Raises:
            TimeoutError: One never was.
        """
        async with asyncio.timeout(within):
            while True:
                firsts = [min(found.taken, default=0.0) for found in await self._of(names)]
                if all(firsts):
                    return max(firsts)
                await asyncio.sleep(0.1)

    def signal_database(self, number: signal.Signals) -> None:
        """Stops or continues the database's processes."""
        import psutil  # type: ignore[import-untyped]

        server = psutil.Process(self.database.pid)
        for process in (server, *server.children(recursive=True)):
            os.kill(process.pid, number)

    async def _of(self, names: tuple[str, ...]) -> list[Counted]:
        found = await self.report()
        return [found[name] for name in names]

    async def _post(self, path: str) -> None:
        async with self._session.post(f"{self.url}/-/{path}") as answer:
            answer.raise_for_status()


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """A server and a migrated database, ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="souk-quota-bench-") as folder:
        database = postgres.start(Path(folder) / "data")
        server = await _python("tests.bench.quota.server")
        stage = None
        try:
            await upgrade(database.url)
            line: dict[str, Any] = json.loads(await _line(server))
            async with aiohttp.ClientSession() as session:
                stage = Stage(f"http://127.0.0.1:{line['port']}", database, session)
                yield stage
                await stage.clear()
        finally:
            for process in (server, *(stage.workers if stage else ())):
                if process.returncode is None:
                    process.kill()
            await server.wait()
            database.stop()


async def _line(process: asyncio.subprocess.Process) -> bytes:
    if process.stdout is None:
        raise RuntimeError("the server has no output")
    return await process.stdout.readline()


async def _python(module: str, *words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *words, stdout=asyncio.subprocess.PIPE
    )
