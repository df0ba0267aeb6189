"""The data folder: where each part keeps its files, and that only one `souk up` works in it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEFAULT_FOLDER = Path(".souk")


class FolderInUseError(Exception):
    """Another `souk up` or `souk demo` works in the same data folder."""


class DataFolder:
    """The layout of one data folder."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    @property
    def settings(self) -> Path:
        return self.root / "souk.yaml"

    @property
    def keys(self) -> Path:
        return self.root / "keys.json"

    @property
    def ports(self) -> Path:
        return self.root / "ports.json"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    def log_of(self, part: str) -> Path:
        return self.logs / f"{part}.log"

    def of(self, part: str) -> Path:
        """The part's own folder; made if it is not there."""
        folder = self.root / part
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def write_private(self, name: str, text: str) -> Path:
        """Writes a file that holds keys, so that only its owner can read it."""
        path = self.root / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Holds the folder for this process.

        Raises:
            FolderInUseError: Another process holds it; the message says which.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise FolderInUseError(
                    f"{self.root} is in use by process {file.read().strip() or 'unknown'}:"
                    " end that one first, or give another folder with --data."
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield
