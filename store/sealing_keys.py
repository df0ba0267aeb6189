"""Keys by id, and which one seals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_bytes

from store.sealing import SealError

KEY_BYTES = 32
IDS = range(1, 256)


@dataclass(frozen=True)
class Keys:
    """Keys by id, and the one that seals."""

    active: int
    by_id: Mapping[int, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if self.active not in self.by_id:
            known = ", ".join(str(i) for i in sorted(self.by_id)) or "none"
            raise SealError(f"There is no key {self.active} to seal with; there are: {known}.")
        for key_id, key in self.by_id.items():
            if key_id not in IDS or len(key) != KEY_BYTES:
                raise SealError(f"Key {key_id}: ids are 1 to {IDS[-1]}, keys {KEY_BYTES} bytes.")

    @property
    def newest(self) -> int:
        """The id of the key that was added last."""
        return max(self.by_id)

    def added(self) -> "Keys":
        """The same with a new key, which opens and does not seal yet.

        Raises:
            SealError: Its id would be 256.
        """
        if self.newest == IDS[-1]:
            raise SealError(f"Ids of keys end at {IDS[-1]}: the ring is full.")
        return Keys(self.active, {**self.by_id, self.newest + 1: token_bytes(KEY_BYTES)})

    def activated(self, key_id: int) -> "Keys":
        """The same, sealing with another of its keys.

        Raises:
            SealError: It has no such key.
        """
        return Keys(key_id, self.by_id)

    def rotated(self) -> "Keys":
        """The same with a new key, which is active."""
        grown = self.added()
        return grown.activated(grown.newest)


def new_keys() -> Keys:
    """One new key."""
    return Keys(1, {1: token_bytes(KEY_BYTES)})
