"""One running part: its process, its log, and whether it is ready."""

import asyncio
import json
import os
import signal
from pathlib import Path
from time import monotonic

from workers.stack.part import Part
from workers.stack.tied import tied_to_this_process

LOOK_EVERY_S = 0.05


class StartError(Exception):
    """A part did not start; the message has its last lines and says where the rest is."""


class Child:
    """A started part. `start` again after it has ended, never twice at once."""

    def __init__(self, part: Part, log: Path) -> None:
        self.part = part
        self.log = log
        self._process: asyncio.subprocess.Process | None = None
        self._log_start = 0

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    async def start(self) -> float:
        """Starts the program and returns once it is ready.

        Returns:
            Seconds it took.

        Raises:
            StartError: It ended, or was not ready in time.
        """
        began = monotonic()
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                *self.part.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**_environment(), **self.part.env},
                user=self.part.user,
                start_new_session=True,
                preexec_fn=tied_to_this_process(),
            )
        await self._until_ready(began + self.part.starts_within.total_seconds())
        return monotonic() - began

    async def ended(self) -> int:
        """Waits until the program ends.

        Returns:
            Its exit code, negative for a signal.
        """
        return await self._process.wait() if self._process is not None else 0

    async def stop(self) -> None:
        """Asks the program to end, and kills it if it does not in time."""
        if not self.running or self._process is None:
            return
        self._signal(self.part.stop_signal)
        try:
            await asyncio.wait_for(self.ended(), self.part.stops_within.total_seconds())
        except TimeoutError:
            self.kill()
            await self.ended()

    def kill(self) -> None:
        """`kill -9`, with all that it started."""
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def last_lines(self, count: int = 8) -> str:
        """The end of this run's log."""
        return "\n".join(self._output().splitlines()[-count:])

    async def _until_ready(self, deadline: float) -> None:
        while not await self._is_ready():
            if not self.running:
                code = self._process.returncode if self._process is not None else None
                raise StartError(f"{self.part.title} ended (code {code}). {self._evidence()}")
            if monotonic() > deadline:
                limit = self.part.starts_within.total_seconds()
                raise StartError(
                    f"{self.part.title} was not ready within {limit:.0f} s. {self._evidence()}"
                )
            await asyncio.sleep(LOOK_EVERY_S)

    async def _is_ready(self) -> bool:
        if self.part.probe is not None:
            return await self.part.probe()
        if self.part.ready_event is not None:
            return any(self._is_ready_line(line) for line in self._output().splitlines())
        return True

    def _is_ready_line(self, line: str) -> bool:
        if not line.startswith("{"):
            return False
        try:
            said = json.loads(line)
        except ValueError:
            return False
        return isinstance(said, dict) and said.get("event") == self.part.ready_event

    def _output(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode("utf-8", "replace")

    def _evidence(self) -> str:
        return f"Its log is {self.log}; the last lines:\n{self.last_lines()}"

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        try:
            self._process.send_signal(number)
        except ProcessLookupError:
            return


def _environment() -> dict[str, str]:
    """Ours without settings: a part of the embedded stack must never work on another database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOUK_")}
    return {**kept, "PYTHONUNBUFFERED": "1"}
