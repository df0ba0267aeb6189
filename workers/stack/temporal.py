"""The Temporal development server, with its web UI, as one process of the stack."""

import shutil
import sys
from pathlib import Path

from workers.stack.child import StartError
from workers.stack.http import answers
from workers.stack.part import Part
from workers.stack.ports import HOST

NAMESPACE = "default"
SETTINGS = {
    # The development server otherwise reads its own tables again at each mention of a search
    # attribute: six thousand reads for a hundred orders (measured, server 1.32).
    "system.forceSearchAttributesCacheRefreshOnRead": "false",
    "system.namespaceCacheRefreshInterval": '"1s"',
    # One process: forwarding between partitions of a queue buys nothing.
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
}
"""The server's dynamic configuration, as JSON values."""


def part(database: Path, port: int, ui_port: int, codec: str) -> Part:
    """The server; ready once its namespace can be seen through the web UI's own interface."""

    async def ready() -> bool:
        return await answers(f"http://{HOST}:{ui_port}/api/v1/namespaces/{NAMESPACE}")

    return Part(
        name="temporal",
        title="Temporal",
        argv=(
            _program(), "server", "start-dev",
            "--ip", HOST,
            "--port", str(port),
            "--ui-port", str(ui_port),
            "--db-filename", str(database),
            "--sqlite-pragma", "journal_mode=wal",
            "--sqlite-pragma", "synchronous=normal",
            "--ui-codec-endpoint", codec,
            "--ui-disable-news-fetch",
            "--log-level", "warn",
            *(x for key, value in SETTINGS.items()
              for x in ("--dynamic-config-value", f"{key}={value}")),
        ),
        probe=ready,
    )  # fmt: skip


def attention_url(ui_port: int) -> str:
    """The list of everything that a person should look at, in the web UI."""
    query = "SoukAttention%20IS%20NOT%20NULL%20AND%20ExecutionStatus%3D%22Running%22"
    return f"http://{HOST}:{ui_port}/namespaces/{NAMESPACE}/workflows?query={query}"


def _program() -> str:
    beside = Path(sys.executable).with_name("temporal")
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise StartError("The program `temporal` is not installed: run `make run` to set up again.")
    return found
