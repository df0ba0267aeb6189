"""A stand-in is started by its name, with its own options."""

import asyncio
import json
import sys
from pathlib import Path

from tests.fixtures.command import ROOT, souk


async def test_the_broker_runs_alone_and_ends_on_a_signal(tmp_path: Path) -> None:
    config = tmp_path / "bus.yaml"
    config.write_text("queues:\n  parcels: {lock_duration: PT10S}\n", encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workers.cli", "sandbox", "servicebus",
        "--port", "0", "--config", str(config), "--data", str(tmp_path / "data"),
        stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
        assert said["event"] == "listening"
        _, writer = await asyncio.open_connection("127.0.0.1", said["port"])
        writer.close()
    finally:
        process.terminate()
    assert await asyncio.wait_for(process.wait(), 20) == 0


async def test_an_unknown_stand_in_is_told_from_those_there_are() -> None:
    said = await souk("sandbox", "nobody")
    assert said.code == 1
    assert "nobody" in said.err
    assert "servicebus" in said.err
    assert "Traceback" not in said.err
