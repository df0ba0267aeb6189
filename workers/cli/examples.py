"""How examples stand at the end of each command's help."""

import tomllib
from importlib.resources import files


def _first_channel() -> str:
    """The registry's first name; read as a file, since help must not load the registry."""
    rows = tomllib.loads((files("channels") / "registry.toml").read_text(encoding="utf-8"))
    return next(iter(rows), "CHANNEL")


CHANNEL = _first_channel()
"""A channel for examples."""


def example(*lines: str) -> str:
    """The foot of a help text: lines that can be copied as they are."""
    word = "Example" if len(lines) == 1 else "Examples"
    return f"{word}: " + "  |  ".join(f"`{line}`" for line in lines)
