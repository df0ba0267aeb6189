"""Performs `docs/add-a-marketplace.md` in a copy of the source tree."""

import re
import shutil
from pathlib import Path

from tests.fixtures.command import ROOT
from tests.workers.scaffold.copies import Copy, Ran, copied

PAGE = ROOT / "docs" / "add-a-marketplace.md"
CHANNEL = "dukkan"
SUITE = "tests/conformance/test_suite.py"
_BLOCK = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ \.venv/bin/(?:python -m )?(\S.*?)(?:  +#.*)?$", re.MULTILINE)


def blocks() -> dict[str, str]:
    """The text of each block that has a file name, by that name."""
    found = _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(dict(found)) == len(found), "a file is written twice"
    return dict(found)


def commands() -> list[list[str]]:
    """Every command of the page, in words."""
    return [found.split() for found in _COMMAND.findall(PAGE.read_text(encoding="utf-8"))]


def made(place: Path) -> Copy:
    """A copy in which the first command was run and nothing is written yet."""
    copy = copied(place)
    _obeyed(copy, ["souk", "channel", "new", CHANNEL])
    return copy


def written(copy: Copy) -> None:
    """Writes every block to its file, and what follows from the registry."""
    for path, text in blocks().items():
        target = copy.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    _obeyed(copy, ["souk", "channel", "generate"])
    _obeyed(copy, ["tests.conformance.table"])


def _obeyed(copy: Copy, words: list[str]) -> None:
    assert words in commands(), f"the page no longer says {' '.join(words)}"
    ran = copy.run(*(["workers.cli", *words[1:]] if words[0] == "souk" else words))
    assert ran.code == 0, ran


def tried(copy: Copy, *cases: str) -> Ran:
    """Runs the kit on the channel: these cases, or all; a line tells each failure's reason."""
    wanted = f"{CHANNEL} and ({' or '.join(cases)})" if cases else CHANNEL
    return copy.run("pytest", "-q", "--tb=line", "--show-capture=no", "-k", wanted, SUITE)


def tried_whole(copy: Copy) -> Ran:
    """Runs the kit on the channel, its table, and the channel's own tests."""
    own = (f"tests/channels/{CHANNEL}", f"tests/sandbox/{CHANNEL}")
    wanted = ("-k", f"{CHANNEL} or table")
    return copy.run("pytest", "-q", *wanted, *own, SUITE, "tests/conformance/test_table.py")


def with_types_known(copy: Copy) -> Copy:
    """Lends the copy what mypy knows of the files that are as they were."""
    known = ROOT / ".mypy_cache"
    if known.is_dir():
        shutil.copytree(known, copy.root / ".mypy_cache", dirs_exist_ok=True)
    return copy
