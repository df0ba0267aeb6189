"""Making a marketplace's folders and its row in the registry."""

import importlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from workers.scaffold.checkout import Checkout
from workers.scaffold.errors import TakenError
from workers.scaffold.generated import looked_at, written
from workers.scaffold.names import ChannelName
from workers.scaffold.rendering import rendered

HOMES = (
    "channels/{}",
    "sandbox/{}",
    "docs/channels/{}.md",
    "tests/channels/{}",
    "tests/sandbox/{}",
)
"""What a marketplace has of its own."""


@dataclass(frozen=True)
class Made:
    """What there is now."""

    channel: str
    files: tuple[str, ...]
    """Below the checkout's root, all new."""
    registry: str
    """The file that got one row more."""
    generated: tuple[str, ...]
    """Files that follow from the registry and were written anew."""


def made(tree: Checkout, name: ChannelName) -> Made:
    """Writes all files of a new marketplace, its row, and what follows from the registry.

    Raises:
        TakenError: Something of this name is there already; nothing was written.
        NoPageError: Another channel has no page; nothing was written.
    """
    texts = rendered(name)
    _refuse_what_is_there(tree, name)
    looked_at(tree)  # What cannot be generated is better known before anything is written.
    _write_new(tree.root, texts)
    with tree.registry.open("a", encoding="utf-8") as rows:
        rows.write(_row(name))
    importlib.invalidate_caches()
    generated = tuple(each.path for each in written(tree) if not each.current)
    where = tree.registry.relative_to(tree.root).as_posix()
    return Made(name.name, tuple(texts), where, generated)


def _refuse_what_is_there(tree: Checkout, name: ChannelName) -> None:
    places = [home.format(name.name) for home in HOMES]
    there = [place for place in places if (tree.root / place).exists()]
    if name.name in tomllib.loads(tree.registry.read_text(encoding="utf-8")):
        there.insert(0, f"a row [{name.name}] in {tree.registry.name}")
    if there:
        raise TakenError(
            f"Channel {name.name!r} cannot be made anew: there is {', '.join(there)} already."
            " Nothing was written. Choose another name, or remove what an earlier try left."
        )


def _write_new(root: Path, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("x", encoding="utf-8") as file:
            file.write(text)


def _row(name: ChannelName) -> str:
    return f'\n[{name.name}]\npackage = "channels.{name.name}"\nsandbox = "sandbox.{name.name}"\n'
