"""The files that follow from the channel registry, and whether they are current."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bridge.bus.declaration import declaration
from channels import registry
from workers.scaffold.checkout import Checkout
from workers.scaffold.index import index_page

PAGES = "docs/channels"


@dataclass(frozen=True)
class Generated:
    """What became of one file."""

    path: str
    """Below the checkout's root."""
    current: bool
    """Whether it was what it should be before it was written."""


def written(tree: Checkout) -> tuple[Generated, ...]:
    """Brings every generated file up to date.

    Raises:
        NoPageError: A channel has no page under `docs/channels`.
    """
    found = looked_at(tree)
    for each in found:
        if not each.current:
            (tree.root / each.path).write_text(FILES[each.path](tree.root), encoding="utf-8")
    return found


def looked_at(tree: Checkout) -> tuple[Generated, ...]:
    """Compares every generated file with what it should be; writes nothing.

    Raises:
        NoPageError: A channel has no page under `docs/channels`.
    """
    return tuple(
        Generated(path, _text(tree.root / path) == make(tree.root)) for path, make in FILES.items()
    )


def _declaration(_root: Path) -> str:
    return json.dumps(declaration(registry.rows()), indent=2) + "\n"


def _index(root: Path) -> str:
    known = {name: registry.package(name).ABILITIES for name in registry.rows()}
    return index_page(known, root / PAGES)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


FILES: Mapping[str, Callable[[Path], str]] = {
    "deploy/servicebus.json": _declaration,
    f"{PAGES}/README.md": _index,
}
"""Each file by its path below the root, with what makes its text."""
