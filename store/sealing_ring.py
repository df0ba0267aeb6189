"""A ring of keys: bytes are sealed by the active one and opened by any.

A key must be known wherever its bytes may be opened before anybody seals with it. Processes that
share one key file have that by themselves: whoever meets an unknown id looks at the file at once.
Where each has a copy, a new key is added to all copies first, and made active after that.

Sealed bytes are the key's id (one byte, never 0), a random nonce (12 bytes), and the AES-256-GCM
text with its tag. A key may seal about four thousand million times before its nonces might repeat;
long before that it is rotated: a new one is added and made active, the old one stays to open.
"""

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from store.sealing import PLAIN, SealError
from store.sealing_file import KeyFile, change_keys, read_keys, write_keys
from store.sealing_keys import Keys, new_keys

__all__ = ["KeyRing", "Keys", "change_keys", "new_keys", "read_keys", "write_keys"]

NONCE_BYTES = 12


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
        file = KeyFile(path)
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
        key = self._key(head)
        nonce, text = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return AESGCM(key).decrypt(nonce, text, head)
        except (InvalidTag, ValueError):
            raise SealError(
                f"What was sealed under key id {head[0]} does not open: another key has this id"
                " here, or the bytes were changed."
            ) from None

    def _key(self, head: bytes) -> bytes:
        unknown = f"Sealed under key id {head.hex() or 'none'}, which this process does not have"
        known = self._keys(False).by_id
        if head and head[0] not in known:
            try:
                known = self._keys(True).by_id
            except SealError as error:
                raise SealError(f"{unknown}: {error}") from None
        if not head or head[0] not in known:
            raise SealError(f"{unknown}: add that key to its key file.")
        return known[head[0]]
