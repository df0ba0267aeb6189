"""Performs `docs/add-a-marketplace.md` in a copy of the source tree."""

import re
import shutil
from pathlib import Path

from tests.fixtures.command import ROOT
from tests.workers.scaffold.copies import Copy, copied

PAGE = ROOT / "docs" / "add-a-marketplace.md"
CHANNEL = "dukkan"
_BLOCK = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ \.venv/bin/souk (channel new \w+)$", re.MULTILINE)


def blocks() -> dict[str, str]:
    """The text of each block that has a file name, by that name."""
    found = _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(dict(found)) == len(found), "a file is written twice"
    return dict(found)


def command() -> list[str]:
    """The one command that makes the folders, in words."""
    (found,) = _COMMAND.findall(PAGE.read_text(encoding="utf-8"))
    return list(found.split())


def made(place: Path) -> Copy:
    """A copy in which the command was run and nothing is written yet."""
    copy = copied(place)
    ran = copy.run("workers.cli", *command())
    assert ran.code == 0, ran
    return copy


def written(copy: Copy) -> None:
    """Writes every block to its file, and what follows from the registry."""
    for path, text in blocks().items():
        target = copy.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    ran = copy.run("workers.cli", "channel", "generate")
    assert ran.code == 0, ran


def with_types_known(copy: Copy) -> Copy:
    """Lends the copy what mypy knows of the files that are as they were."""
    known = ROOT / ".mypy_cache"
    if known.is_dir():
        shutil.copytree(known, copy.root / ".mypy_cache", dirs_exist_ok=True)
    return copy
