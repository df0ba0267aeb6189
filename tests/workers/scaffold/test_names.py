"""A marketplace is its folders and one row: nothing else names it."""

import re
from collections.abc import Iterator
from pathlib import Path

from channels.registry import rows
from tests.fixtures.command import ROOT

HOMES = (
    "activities",
    "bridge",
    "canonical",
    "channels",
    "sandbox",
    "store",
    "workers",
    "workflows",
)
FILES = ("Makefile", "pyproject.toml")
ROW = ROOT / "channels" / "registry.toml"


def test_no_code_outside_its_folders_names_a_channel() -> None:
    names = "|".join(map(re.escape, rows()))
    named = re.compile(rf"(?<![a-z0-9])(?:{names})(?![a-z0-9])", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in _code()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if named.search(line)
    ]
    assert found == []


def test_the_row_is_found_by_the_same_words() -> None:
    assert set(rows()) <= set(re.findall(r"\w+", ROW.read_text(encoding="utf-8")))


def _code() -> Iterator[Path]:
    """Code, its data and templates, but for the folders of the channels themselves."""
    own = {ROOT / home / name for name in rows() for home in ("channels", "sandbox")}
    yield from (ROOT / name for name in FILES)
    for home in HOMES:
        for path in sorted((ROOT / home).rglob("*")):
            wanted = path.suffix in (".py", ".toml", ".tmpl", ".sql", ".mako", ".yaml")
            if wanted and path != ROW and own.isdisjoint(path.parents):
                yield path
