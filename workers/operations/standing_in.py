"""A stand-in as a program of its own: started by name, never imported."""

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from workers.operations.errors import NotFoundError

PACKAGE = "sandbox"


def stand_ins() -> list[str]:
    """Names of the stand-ins that can run alone."""
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    return sorted(
        {x.parent.name for place in places or () for x in Path(place).glob("*/__main__.py")}
    )


def run_stand_in(name: str, arguments: Sequence[str]) -> NoReturn:
    """Becomes the stand-in: signals and exit code are its own from here on.

    Raises:
        NotFoundError: There is none of that name; the message lists those there are.
    """
    known = stand_ins()
    if name not in known:
        raise NotFoundError(f"There is no stand-in {name!r}. Known: {', '.join(known)}.")
    program = [sys.executable, "-m", f"{PACKAGE}.{name}", *arguments]
    os.execv(sys.executable, program)  # noqa: S606 - the name is one of our own folders
