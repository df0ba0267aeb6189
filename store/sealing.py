"""How bodies and personal data are kept: always through a sealer, whose key id they carry."""

from typing import Protocol

PLAIN = b"\x00"


class SealError(Exception):
    """Bytes that no known key opens."""


class Sealer(Protocol):
    """Turns clear bytes into stored ones and back. The first byte says by which key."""

    def seal(self, clear: bytes) -> bytes:
        """Makes bytes fit to be stored."""
        ...

    def open(self, sealed: bytes) -> bytes:
        """Reads stored bytes.

        Raises:
            SealError: The key id is not known here.
        """
        ...


class Plain:
    """Keeps bytes as they are behind key id 0, so that encryption can come without a migration."""

    def seal(self, clear: bytes) -> bytes:
        return PLAIN + clear

    def open(self, sealed: bytes) -> bytes:
        if sealed[:1] != PLAIN:
            raise SealError(
                f"Stored under key id {sealed[:1].hex() or 'none'}, which this process does not"
                " have: configure that key."
            )
        return sealed[1:]
