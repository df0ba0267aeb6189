"""Seeded chance: the same seed gives the same choices, in exact shares."""

import math
import random
from functools import lru_cache

BLOCK = 20


def rng(*parts: object) -> random.Random:
    """A generator that depends on the parts alone."""
    return random.Random("/".join(map(str, parts)))


def picked(seed: int, label: str, index: int, share: float) -> bool:
    """Whether the `index`-th of a row belongs to the share.

    Picks exactly the share over each block of 20 (remainders carry over), at random places in
    it, so that short runs too get what was asked.
    """
    if share <= 0:
        return False
    block, place = divmod(index, BLOCK)
    return place in _places(seed, label, block, share)


@lru_cache(maxsize=512)
def _places(seed: int, label: str, block: int, share: float) -> frozenset[int]:
    def due(blocks: int) -> int:
        return math.floor(blocks * BLOCK * share + 1e-9)

    count = due(block + 1) - due(block)
    return frozenset(rng(seed, label, block).sample(range(BLOCK), count))
