"""The key file: read by every process that seals or opens, followed while it is changed."""

import base64
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from store.sealing import SealError
from store.sealing_keys import Keys, new_keys

LOOK_AGAIN_S = 2.0
"""It is looked at again so often; at once where an id is not known."""
log = structlog.get_logger(__name__)


class KeyFile:
    """A key file and what it held when it was last read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: Keys | None = None
        self._stamp: tuple[int, int] = (0, 0)
        self._looked = float("-inf")
        self._trouble = ""

    def keys(self, at_once: bool) -> Keys:
        """The keys; what is known where the file cannot be read for the moment.

        Args:
            at_once: Whether an id is missing, so that it cannot wait.

        Raises:
            SealError: It cannot be read, and never could or is needed now.
        """
        now = time.monotonic()
        if self._known is None or at_once or now - self._looked > LOOK_AGAIN_S:
            self._looked = now
            try:
                self._look()
                self._trouble = ""
            except SealError as error:
                if self._known is None or at_once:
                    raise
                self._note(str(error))
        if self._known is None:
            raise SealError(f"{self._path} holds no keys.")
        return self._known

    def _note(self, trouble: str) -> None:
        """Once, not every two seconds: with what is known everything goes on."""
        if trouble != self._trouble:
            log.warning("key_file_not_followed", why=trouble)
        self._trouble = trouble

    def _look(self) -> None:
        try:
            found = self._path.stat()
        except OSError as error:
            raise SealError(
                f"The key file {self._path} cannot be read: {error.strerror}."
            ) from None
        stamp = (found.st_mtime_ns, found.st_ino)
        if stamp != self._stamp:
            self._known, self._stamp = read_keys(self._path), stamp


def read_keys(path: Path) -> Keys:
    """Reads a key file: JSON with `active` and `keys`, base64 by id.

    Raises:
        SealError: It is not there, or no key file.
    """
    try:
        held = json.loads(path.read_text(encoding="ascii"))
        keys = {int(i): base64.b64decode(text, validate=True) for i, text in held["keys"].items()}
        active = int(held["active"])
    except OSError as error:
        raise SealError(f"The key file {path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SealError(
            f"{path} is no key file: make one by `souk keys rotate --file {path}`."
        ) from None
    return Keys(active, keys)


def write_keys(path: Path, keys: Keys) -> None:
    """Writes a key file; readers see the old one or the new one, also after a power cut.

    Its owner alone may read it; whose the old one was, the new one is, whoever writes it.
    """
    held = {
        "active": keys.active,
        "keys": {str(i): base64.b64encode(key).decode() for i, key in keys.by_id.items()},
    }
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(held, file)
        file.flush()
        if path.exists() and path.stat().st_uid != os.fstat(file.fileno()).st_uid:
            os.fchown(file.fileno(), path.stat().st_uid, path.stat().st_gid)
        os.fsync(file.fileno())
    fresh.replace(path)
    with _opened(path.parent) as folder:
        os.fsync(folder)


def change_keys(path: Path, *changes: Callable[[Keys], Keys]) -> Keys:
    """Changes a key file, one person at a time; makes it, with a first key, where there is none.

    Args:
        path: The file.
        changes: Done one after the other, each on disk before the next: a key must not be lost
            once somebody seals with it.

    Returns:
        What it holds now.

    Raises:
        SealError: It is no key file, or cannot be changed so.
    """
    with _opened(path.parent) as folder:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if not path.exists():
            write_keys(path, new_keys())
            return read_keys(path)
        for change in changes:
            write_keys(path, change(read_keys(path)))
        return read_keys(path)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise SealError(f"The folder {folder} cannot be used: {error.strerror}.") from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)
