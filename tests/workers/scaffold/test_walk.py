"""`docs/add-a-marketplace.md` works: performed whole, in a copy, on an invented marketplace."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.workers.scaffold.copies import Copy, Ran
from tests.workers.scaffold.walk import (
    CHANNEL,
    blocks,
    made,
    tried,
    tried_whole,
    with_types_known,
    written,
)
from workers.scaffold.making import HOMES

pytestmark = pytest.mark.timeout(180)
FOLDERS = (f"channels/{CHANNEL}", f"sandbox/{CHANNEL}", f"tests/channels/{CHANNEL}")
GENERATED = {"deploy/servicebus.json", "docs/channels/README.md", "tests/conformance/table.md"}
SAMPLE = ("wrong-secret", "plain-order", "clock-ahead", "webhook-twice", "quota")
"""Cases, one from each corner, for what is not written yet."""


@dataclass(frozen=True)
class Walk:
    """The page, performed."""

    copy: Copy
    before: Ran
    """What a sample of the kit's cases said when nothing was written yet."""


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """A copy in which the whole page was performed."""
    copy = made(tmp_path_factory.mktemp("walk") / "souk")
    before = tried(copy, *SAMPLE)
    written(copy)
    return Walk(copy, before)


@pytest.fixture
def walked(walk: Walk) -> Copy:
    return walk.copy


def test_the_page_writes_in_the_channels_folders_alone() -> None:
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


def test_the_kit_passes_every_case_and_so_do_the_channels_own_tests(walked: Copy) -> None:
    ran = tried_whole(walked)
    assert ran.code == 0, ran
    assert "skipped" not in ran.out
    table = (walked.root / "tests/conformance/table.md").read_text(encoding="utf-8")
    assert f" {CHANNEL} |" in table


def test_before_anything_is_written_the_kit_fails_for_that_alone(walk: Walk) -> None:
    _fails_for_gaps_alone(walk.before, at_least=len(SAMPLE))


@pytest.mark.slow
def test_before_anything_is_written_every_case_fails_for_that_alone(tmp_path: Path) -> None:
    _fails_for_gaps_alone(tried(made(tmp_path / "souk")), at_least=40)


def _fails_for_gaps_alone(ran: Ran, at_least: int) -> None:
    """Nothing passes, and every failure names the file that is to be written."""
    lines = ran.out.splitlines()
    failed = [line for line in lines if line.startswith("FAILED ")]
    named = [line for line in lines if line.startswith("E ") and "Not written yet: " in line]
    assert len(failed) == len(named) >= at_least, ran
    assert set(lines[0].split()[0]) == {"F"}, ran
