"""What follows from the registry is current, and can be brought up to date."""

import json
from pathlib import Path

import pytest

from canonical.abilities import Abilities
from channels import registry
from tests.fixtures.command import ROOT, souk
from tests.fixtures.toy import LATE_ABILITIES, TOY_ABILITIES
from workers.scaffold.checkout import Checkout
from workers.scaffold.errors import NoPageError
from workers.scaffold.generated import FILES, looked_at, written
from workers.scaffold.index import index_page


def test_every_generated_file_is_current() -> None:
    stale = [each.path for each in looked_at(Checkout(ROOT)) if not each.current]
    assert stale == [], "the registry or a channel's abilities changed: run `souk channel generate`"


async def test_the_check_command_says_the_same() -> None:
    said = await souk("channel", "generate", "--check", "--json")
    assert said.code == 0
    assert [each["path"] for each in said.json] == list(FILES)


def test_a_stale_file_is_written_anew_and_is_current_then(tmp_path: Path) -> None:
    for path in FILES:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    for name in registry.rows():
        (tmp_path / f"docs/channels/{name}.md").write_text(f"# The {name}\n", encoding="utf-8")
    tree = Checkout(tmp_path)
    assert [each.current for each in written(tree)] == [False] * len(FILES)
    assert [each.current for each in written(tree)] == [True] * len(FILES)
    declared = json.loads((tmp_path / "deploy/servicebus.json").read_text(encoding="utf-8"))
    assert {f"{name}-inbound" for name in registry.rows()} <= set(declared["queues"])


def test_the_index_tells_queues_and_schedules_by_abilities(tmp_path: Path) -> None:
    silent = TOY_ABILITIES.model_copy(update={"polling": None, "webhooks": None})
    rows = _rows({"toy": LATE_ABILITIES, "silent": silent}, tmp_path)
    assert "`toy-inbound`, `toy-backfill` | `toy`, `toy-bulk`" in rows["toy"]
    assert "`poll:toy:ACCOUNT`, `poll:toy:ACCOUNT:returns`, `sweep:toy:ACCOUNT`" in rows["toy"]
    assert rows["silent"].endswith("| `sweep:silent:ACCOUNT` |")


def test_a_channel_without_a_page_is_named_with_the_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(NoPageError, match=r"'toy' has no page: write .*/toy\.md"):
        index_page({"toy": TOY_ABILITIES}, tmp_path)


def _rows(known: dict[str, Abilities], pages: Path) -> dict[str, str]:
    """The last row of each channel, which tells its queues."""
    for name in known:
        (pages / f"{name}.md").write_text(f"# {name}\n", encoding="utf-8")
    lines = index_page(known, pages).splitlines()
    return {name: next(x for x in reversed(lines) if x.startswith(f"| `{name}`")) for name in known}
