"""From the template files to the files of one marketplace; nothing is written here."""

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template

from workers.scaffold.names import ChannelName

SUFFIX = ".tmpl"
PLACE = "NAME"
"""Stands for the channel's name in the templates' paths."""

_IMPORT = re.compile(r"^from \S+ import (?:\([^)]*\)|[^(\n]*)\n", re.MULTILINE)
_BLOCK = re.compile(rf"(?:{_IMPORT.pattern})+", re.MULTILINE)


def rendered(name: ChannelName) -> dict[str, str]:
    """The text of every file by its path below the checkout's root."""
    words = {"name": name.name, "Name": name.title}
    return {
        path.replace(PLACE, name.name): _sorted_imports(Template(text).substitute(words))
        for path, text in sorted(_templates(files("workers.scaffold") / "templates"))
    }


def _templates(folder: Traversable, below: str = "") -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _templates(entry, f"{below}{entry.name}/")
        elif entry.name.endswith(SUFFIX):
            yield f"{below}{entry.name.removesuffix(SUFFIX)}", entry.read_text(encoding="utf-8")


def _sorted_imports(text: str) -> str:
    """Puts each block of imports in order: where a name stands depends on the name."""
    return _BLOCK.sub(lambda block: "".join(sorted(_IMPORT.findall(block[0]), key=_order)), text)


def _order(statement: str) -> list[tuple[int, int]]:
    """As ruff sorts modules: character by character, numbers by their size."""
    module = statement.split()[1]
    return [
        (ord("0"), int(part)) if part.isdigit() else (ord(part), 0)
        for part in re.findall(r"\d+|\D", module)
    ]
