"""Every statement that the store issues, built once for each database and listed here.

The list is what lets a check compile all of them for a database that is not at hand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar, cast

from sqlalchemy import Executable

from store.dialects.port import Sql

E = TypeVar("E", bound=Executable)


@dataclass(frozen=True)
class Listed:
    """A statement by name, and the one database it is for, where it is not for all."""

    name: str
    build: Callable[[Sql], Executable]
    only: str | None


STATEMENTS: list[Listed] = []


def statement(build: Callable[[Sql], E]) -> Callable[[Sql], E]:
    """Lists a builder and keeps what it builds."""
    return _listed(build, None)


def statement_for(database: str) -> Callable[[Callable[[Sql], E]], Callable[[Sql], E]]:
    """Lists a builder whose statement one database alone understands."""
    return lambda build: _listed(build, database)


def _listed(build: Callable[[Sql], E], only: str | None) -> Callable[[Sql], E]:
    kept = cast(Callable[[Sql], E], cache(build))
    STATEMENTS.append(Listed(f"{build.__module__}.{build.__name__}", kept, only))
    return kept
