"""The processes of ours that read documents, as the system shows them."""

import asyncio
import os
from pathlib import Path
from typing import Any


def readers() -> list[int]:
    """Processes of ours that read documents."""
    mine = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    children = [int(pid) for path in mine for pid in path.read_text().split()]
    return [pid for pid in children if b"documents.process" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


async def peak(until: "asyncio.Future[Any]") -> int:
    """The most memory, in bytes, that any of them has taken until something is done."""
    most = 0
    while not until.done():
        for pid in readers():
            most = max(most, _high_water(pid))
        await asyncio.wait({until}, timeout=0.05)
    return most


def _high_water(pid: int) -> int:
    """Of this program alone, unlike what the system counts of a child."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return int(lines.get("VmHWM", "0 kB").split()[0]) * 1024
