"""Planting a fault: parts of the toy are replaced while a case is played."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias
from unittest import mock

Replace: TypeAlias = Callable[[Any, str, Any], None]
"""(module or class, name in it, what stands there instead)."""
Plant: TypeAlias = Callable[[Replace], None]


@dataclass(frozen=True)
class Mutant:
    """One fault."""

    case: str
    fault: str
    """In a sentence: what the channel does wrong."""
    plant: Plant


MUTANTS: dict[str, Mutant] = {}
"""By the case that must catch them."""


def mutant(case: str, fault: str) -> Callable[[Plant], Plant]:
    """Enters a fault."""

    def enter(plant: Plant) -> Plant:
        assert case not in MUTANTS, f"two faults are planted for {case}"
        MUTANTS[case] = Mutant(case, fault, plant)
        return plant

    return enter


@contextmanager
def planted(case: str) -> Iterator[None]:
    """The toy with the fault that this case must catch."""
    with ExitStack() as stack:

        def replace(where: Any, name: str, instead: Any) -> None:
            stack.enter_context(mock.patch.object(where, name, instead))

        MUTANTS[case].plant(replace)
        yield
