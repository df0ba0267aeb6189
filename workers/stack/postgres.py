"""`python -m workers.stack.postgres DIR`: PostgreSQL as one process of the stack.

The server itself detaches from whoever starts it. This process stays in its place: it ends the
server when it is told to end, and ends itself when the server does.
"""

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

import psutil  # type: ignore[import-untyped]

from workers.embedded.postgres import EmbeddedPostgres, start

URL_FILE = "url"
LOOK_EVERY_S = 0.5


def url_in(folder: Path) -> str:
    """The URL of the server that runs on a folder."""
    return (folder / URL_FILE).read_text(encoding="utf-8")


def main() -> None:
    """Runs the server until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="workers.stack.postgres", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    server = start(folder)
    try:
        _write_url(folder, server.url)
        sys.stdout.write(json.dumps({"event": "listening", "port": server.port}) + "\n")
        sys.stdout.flush()
        _watch(server)
    finally:
        server.stop()
    sys.exit("PostgreSQL ended by itself")


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _watch(server: EmbeddedPostgres) -> None:
    process = psutil.Process(server.pid)
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        time.sleep(LOOK_EVERY_S)


def _write_url(folder: Path, url: str) -> None:
    descriptor = os.open(folder / URL_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(url)


if __name__ == "__main__":
    main()
