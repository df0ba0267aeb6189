"""A ring of keys: bytes are sealed by the active one and opened by any.

Sealed bytes are the key's id (one byte, never 0), a random nonce (12 bytes), and the AES-256-GCM
text with its tag. A key may seal about four thousand million times before its nonces might repeat;
long before that it is rotated: a new one is added and made active, the old one stays to open.
"""

import base64
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from store.sealing import PLAIN, SealError

KEY_BYTES = 32
NONCE_BYTES = 12
IDS = range(1, 256)
LOOK_AGAIN_S = 2.0
"""A key file is looked at again so often; at once where an id is not known."""


@dataclass(frozen=True)
class Keys:
    """Keys by id, and the one that seals."""

    active: int
    by_id: Mapping[int, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if self.active not in self.by_id:
            raise SealError(f"The active key {self.active} is not in the ring.")
        for key_id, key in self.by_id.items():
            if key_id not in IDS or len(key) != KEY_BYTES:
                raise SealError(f"Key {key_id}: ids are 1 to 255, keys {KEY_BYTES} bytes.")

    def rotated(self) -> "Keys":
        """The same with a new key, which is active."""
        free = next((i for i in IDS if i > max(self.by_id)), None)
        if free is None:
            raise SealError("Ids of keys end at 255: drop keys that seal nothing any more.")
        return Keys(free, {**self.by_id, free: token_bytes(KEY_BYTES)})


def new_keys() -> Keys:
    """A ring of one new key."""
    return Keys(1, {1: token_bytes(KEY_BYTES)})


class KeyRing:
    """A `Sealer`. Bytes kept plainly before there were keys are still read."""

    def __init__(self, keys: Callable[[bool], Keys]) -> None:
        """Opens a ring.

        Args:
            keys: Gives the keys; with True it looks for new ones at once.
        """
        self._keys = keys

    @classmethod
    def of(cls, keys: Keys) -> "KeyRing":
        """A ring that never changes."""
        return cls(lambda _: keys)

    @classmethod
    def of_file(cls, path: Path) -> "KeyRing":
        """A ring that follows a key file, so that keys are rotated without a stop.

        Raises:
            SealError: The file is not there or is no key file.
        """
        file = _KeyFile(path)
        file.keys(True)
        return cls(file.keys)

    @property
    def active(self) -> int:
        """The id of the key that seals."""
        return self._keys(False).active

    def seal(self, clear: bytes) -> bytes:
        """See `store.sealing.Sealer`."""
        keys = self._keys(False)
        head = bytes([keys.active])
        nonce = os.urandom(NONCE_BYTES)
        return head + nonce + AESGCM(keys.by_id[keys.active]).encrypt(nonce, clear, head)

    def open(self, sealed: bytes) -> bytes:
        """See `store.sealing.Sealer`."""
        head = sealed[:1]
        if head == PLAIN:
            return sealed[1:]
        key = self._key(head[0]) if head else None
        if key is None:
            raise SealError(
                f"Sealed under key id {head.hex() or 'none'}, which this process does not have:"
                " add that key to its key file."
            )
        nonce, text = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return AESGCM(key).decrypt(nonce, text, head)
        except (InvalidTag, ValueError):
            raise SealError(
                f"What was sealed under key id {head[0]} does not open: another key has this id"
                " here, or the bytes were changed."
            ) from None

    def _key(self, key_id: int) -> bytes | None:
        return self._keys(False).by_id.get(key_id) or self._keys(True).by_id.get(key_id)


class _KeyFile:
    """A key file and what it held when it was last read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: Keys | None = None
        self._stamp: tuple[int, int] = (0, 0)
        self._looked = float("-inf")

    def keys(self, at_once: bool) -> Keys:
        """The keys; what is known where the file cannot be read for the moment."""
        now = time.monotonic()
        if self._known is None or at_once or now - self._looked > LOOK_AGAIN_S:
            self._looked = now
            try:
                self._look()
            except SealError:
                if self._known is None:
                    raise
        if self._known is None:
            raise SealError(f"{self._path} holds no keys.")
        return self._known

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
        return Keys(int(held["active"]), keys)
    except OSError as error:
        raise SealError(f"The key file {path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SealError(
            f"{path} is no key file: make one by `souk keys rotate --file {path}`."
        ) from None


def write_keys(path: Path, keys: Keys) -> None:
    """Writes a key file that its owner alone may read; readers see the old one or the new one."""
    held = {
        "active": keys.active,
        "keys": {str(i): base64.b64encode(key).decode() for i, key in keys.by_id.items()},
    }
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(held, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
