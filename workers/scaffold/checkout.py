"""The source tree that commands for developers write into."""

from dataclasses import dataclass
from pathlib import Path

from channels.registry import ROWS
from workers.scaffold.errors import NoCheckoutError

MARKS = ("pyproject.toml", "channels/registry.toml", "sandbox", "docs/channels", "deploy")


@dataclass(frozen=True)
class Checkout:
    """A source tree."""

    root: Path

    @property
    def registry(self) -> Path:
        return self.root / "channels" / "registry.toml"


def checkout() -> Checkout:
    """The source tree that this very program runs from.

    Raises:
        NoCheckoutError: It is installed without its sources.
    """
    root = ROWS.parents[1]
    missing = [mark for mark in MARKS if not (root / mark).exists()]
    if missing:
        raise NoCheckoutError(
            f"{root} is no source tree ({', '.join(missing)} not there): run `.venv/bin/souk` of a"
            " checkout that `make run` or `make check` has set up."
        )
    return Checkout(root)
