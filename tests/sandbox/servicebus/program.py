"""The broker as a program of its own, for tests."""

import asyncio
import json
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml

KEY = "bXkgbGl0dGxlIGtleQ=="


@dataclass
class Program:
    """A broker process: started, killed, started again over the same data."""

    declaration: dict[str, Any]
    folder: Path
    port: int = 0
    admin_port: int = 0
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    async def start(self) -> "Program":
        """Starts it and waits until it listens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "declaration.yaml"
        config.write_text(yaml.safe_dump(self.declaration))
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "sandbox.servicebus",
            *("--port", str(self.port), "--config", str(config)),
            *("--data", str(self.folder / "data"), "--key", KEY),
            stdout=asyncio.subprocess.PIPE,
            stderr=(self.folder / "log").open("ab"),
        )
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 20)
        assert line, (self.folder / "log").read_text()[-4000:]
        listening = json.loads(line)
        assert listening["event"] == "listening"
        self.port, self.admin_port = listening["port"], listening["admin_port"]
        return self

    async def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 20)

    def connection_string(self, key: str = KEY, name: str = "RootManageSharedAccessKey") -> str:
        """What the SDK is given."""
        return (
            f"Endpoint=sb://localhost:{self.port};SharedAccessKeyName={name};"
            f"SharedAccessKey={key};UseDevelopmentEmulator=true;"
        )

    def url(self, path: str) -> str:
        """An address on the admin port."""
        return f"http://127.0.0.1:{self.admin_port}{path}"

    async def entities(self) -> Any:
        """The figures of all entities."""
        async with aiohttp.ClientSession() as http, http.get(self.url("/entities")) as response:
            return await response.json()

    async def queue(self, name: str) -> Any:
        """The figures of a queue."""
        return (await self.entities())["queues"][name]
