"""Which port each part listens on: the one it had, else the usual one, else a free one."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path

HOST = "127.0.0.1"


class Ports:
    """Ports by part, kept in a file so that addresses stay the same from run to run."""

    def __init__(self, file: Path, preferred: Mapping[str, int]) -> None:
        self._file = file
        self._preferred = preferred
        self._kept: dict[str, int] = {}
        if file.exists():
            self._kept = json.loads(file.read_text(encoding="utf-8"))
        self._given: dict[str, int] = {}

    def of(self, part: str) -> int:
        """The part's port in this run; the first call decides it."""
        if part not in self._given:
            self._given[part] = self._choose(part)
            self._file.write_text(json.dumps(self._kept | self._given, indent=1), encoding="utf-8")
        return self._given[part]

    def _choose(self, part: str) -> int:
        for port in (self._kept.get(part, 0), self._preferred.get(part, 0)):
            if port and port not in self._given.values() and _is_free(port):
                return port
        return _any_free(taken=set(self._given.values()))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _any_free(taken: set[int]) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port
