"""`docs/add-a-marketplace.md` works: performed whole, in a copy, on an invented marketplace."""

import json

import pytest

from tests.workers.scaffold.copies import Copy
from tests.workers.scaffold.walk import CHANNEL, blocks, command, made, with_types_known, written
from workers.scaffold.making import HOMES

FOLDERS = (f"channels/{CHANNEL}", f"sandbox/{CHANNEL}", f"tests/channels/{CHANNEL}")
GENERATED = {"deploy/servicebus.json", "docs/channels/README.md"}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy in which the whole page was performed."""
    copy = made(tmp_path_factory.mktemp("walk") / "souk")
    written(copy)
    return copy


def test_the_page_makes_this_channel_and_writes_in_its_folders_alone() -> None:
    assert command() == ["channel", "new", CHANNEL]
    own = tuple(home.format(CHANNEL) for home in HOMES)
    assert [path for path in blocks() if not path.startswith(own)] == []


def test_nothing_outside_its_folders_and_one_row_changes(walked: Copy) -> None:
    changed = walked.changed()
    assert {p for p, what in changed.items() if what != "??"} == {
        "channels/registry.toml",
        *GENERATED,
    }
    own = tuple(home.format(CHANNEL) for home in HOMES)
    assert [p for p, what in changed.items() if what == "??" and not p.startswith(own)] == []
    assert [line for line in walked.added_lines("channels/registry.toml") if line] == [
        f"[{CHANNEL}]",
        f'package = "channels.{CHANNEL}"',
        f'sandbox = "sandbox.{CHANNEL}"',
    ]


def test_bus_entities_task_queues_schedules_and_index_follow(walked: Copy) -> None:
    declared = walked.run("workers.cli", "bus", "declaration")
    deployed = json.loads((walked.root / "deploy/servicebus.json").read_text(encoding="utf-8"))
    assert json.loads(declared.out) == deployed
    assert {f"{CHANNEL}-inbound", f"{CHANNEL}-backfill"} <= set(deployed["queues"])
    index = (walked.root / "docs/channels/README.md").read_text(encoding="utf-8")
    assert "| `dukkan` | [Dukkan](dukkan.md) | order | accept, cancel_lines, ship | 5 min" in index
    assert "`dukkan`, `dukkan-bulk` | `poll:dukkan:ACCOUNT`, `sweep:dukkan:ACCOUNT`" in index


def test_nothing_is_left_unwritten(walked: Copy) -> None:
    left = [
        str(path.relative_to(walked.root))
        for folder in FOLDERS
        for path in (walked.root / folder).rglob("*.py")
        if "NotWrittenYetError" in path.read_text(encoding="utf-8")
    ]
    assert left == []


def test_what_the_page_writes_is_formatted_linted_typed_and_layered(walked: Copy) -> None:
    for words in (("format", "--check", *FOLDERS), ("check", *FOLDERS)):
        ran = walked.tool("ruff", *words)
        assert ran.code == 0, ran
    ran = with_types_known(walked).tool("mypy", *FOLDERS)
    assert ran.code == 0, ran
    ran = walked.tool("lint-imports", "--no-logo")
    assert ran.code == 0, ran


def test_its_own_tests_pass(walked: Copy) -> None:
    ran = walked.run("pytest", "-q", f"tests/channels/{CHANNEL}", f"tests/sandbox/{CHANNEL}")
    assert ran.code == 0, ran
