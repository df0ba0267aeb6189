"""Typed stubs: name, input and result of each activity. Nothing here does I/O."""

from typing import NoReturn


def by_body() -> NoReturn:
    """Ends a stub: the worker registers the body under the stub's name, never the stub."""
    raise RuntimeError("this is an activity's signature; the worker must register its body")
