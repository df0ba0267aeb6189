"""`souk channel new`: what it writes, what it refuses, and that its files are clean at once."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.registry import rows
from tests.workers.scaffold.copies import Copy, copied
from workers.scaffold.checkout import Checkout
from workers.scaffold.errors import BadNameError, NoPageError, TakenError
from workers.scaffold.making import HOMES, made
from workers.scaffold.names import channel_name
from workers.scaffold.rendering import rendered

NAMES = ("a", "noon", "http2x", "hunger_station", "zz_10", "abcdefghij_klmnopqrs")
"""Short and long, before and after the names beside which they are imported, with digits."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy in which a channel was made."""
    copy = copied(tmp_path_factory.mktemp("new") / "souk")
    ran = copy.run("workers.cli", "channel", "new", "noon", "--json")
    assert ran.code == 0, ran
    assert json.loads(ran.out)["channel"] == "noon"
    return copy


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy to write files into that no command made."""
    return copied(tmp_path_factory.mktemp("bare") / "souk")


def test_only_its_folders_one_row_and_what_follows_from_it_change(tree: Copy) -> None:
    changed = tree.changed()
    assert {path for path, what in changed.items() if what != "??"} == {
        "channels/registry.toml",
        "deploy/servicebus.json",
        "docs/channels/README.md",
    }
    new = [path for path, what in changed.items() if what == "??"]
    own = [home.format("noon") for home in HOMES]
    assert [path for path in new if not path.startswith(tuple(own))] == []
    assert [home for home in own if not any(path.startswith(home) for path in new)] == []


def test_its_row_is_added_and_nothing_else_in_the_registry(tree: Copy) -> None:
    assert [line for line in tree.added_lines("channels/registry.toml") if line] == [
        "[noon]",
        'package = "channels.noon"',
        'sandbox = "sandbox.noon"',
    ]


def test_bus_queues_and_index_follow(tree: Copy) -> None:
    declared = json.loads((tree.root / "deploy/servicebus.json").read_text(encoding="utf-8"))
    index = (tree.root / "docs/channels/README.md").read_text(encoding="utf-8")
    assert {"noon-inbound", "noon-backfill"} <= set(declared["queues"])
    assert "`noon`, `noon-bulk` | `poll:noon:ACCOUNT`, `sweep:noon:ACCOUNT`" in index
    ran = tree.run("workers.cli", "channel", "generate", "--check")
    assert ran.code == 0, ran


def test_the_layers_hold(tree: Copy) -> None:
    ran = tree.tool("lint-imports", "--no-logo")
    assert ran.code == 0, ran


@pytest.mark.parametrize("name", NAMES)
def test_whatever_the_name_its_files_are_formatted_and_linted(bare: Copy, name: str) -> None:
    files = rendered(channel_name(name))
    for path, text in files.items():
        place = bare.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    code = [path for path in files if path.endswith(".py")]
    assert len(code) > 10
    for words in (("format", "--check", *code), ("check", *code)):
        ran = bare.tool("ruff", *words)
        assert ran.code == 0, ran


def test_each_gap_names_its_own_file_and_what_belongs_there(tree: Copy) -> None:
    gaps = 0
    for path in (tree.root / "channels" / "noon").glob("*.py"):
        for raised in _raised(path):
            gaps += 1
            module, what = raised.args
            assert isinstance(module, ast.Name) and module.id == "__name__", path
            assert isinstance(what, ast.Constant | ast.JoinedStr), path
    assert gaps >= 10


def test_a_second_time_is_refused_and_changes_nothing(tree: Copy) -> None:
    before = tree.changed()
    ran = tree.run("workers.cli", "channel", "new", "noon")
    assert ran.code == 2
    assert "a row [noon] in registry.toml, channels/noon, sandbox/noon, " in ran.out
    assert "Nothing was written" in ran.out
    assert tree.changed() == before


@pytest.mark.parametrize("taken", ["http", "judge", "servicebus"])
def test_a_name_of_some_other_folder_is_refused(tree: Copy, taken: str) -> None:
    with pytest.raises(TakenError, match=f"/{taken} already|/{taken}, "):
        made(Checkout(tree.root), channel_name(taken))


def test_nothing_is_written_while_another_channel_has_no_page(bare: Copy) -> None:
    registered = next(iter(rows()))
    page = bare.root / f"docs/channels/{registered}.md"
    aside = page.rename(page.with_suffix(".aside"))
    before = bare.changed()
    with pytest.raises(NoPageError, match=f"{registered!r} has no page"):
        made(Checkout(bare.root), channel_name("jahez"))
    assert bare.changed() == before
    aside.rename(page)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("HungerStation", "Try 'hunger_station'"),
        ("hunger-station", "Try 'hunger_station'"),
        ("3pl", "beginning with a letter"),
        ("../x", "Try 'x'"),
        ("a__b", "Try 'a_b'"),
        ("class", "a word of Python"),
        ("x" * 21, "longer than 20"),
        ("", "is no name"),
        ("نون", "lower-case letters"),
    ],
)
def test_a_bad_name_says_what_would_do(text: str, words: str) -> None:
    with pytest.raises(BadNameError) as refused:
        channel_name(text)
    assert words in str(refused.value)


def test_a_bad_name_on_the_command_line_is_one_sentence(tree: Copy) -> None:
    ran = tree.run("workers.cli", "channel", "new", "Noon")
    assert ran.code == 2
    assert ran.out.strip().endswith("Try 'noon'.")
    assert "Traceback" not in ran.out


def _raised(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            called = node.exc.func
            if isinstance(called, ast.Name) and called.id == "NotWrittenYetError":
                yield node.exc
