"""The demonstration, through the command line."""

from pathlib import Path

import pytest

from tests.fixtures.command import souk
from tests.fixtures.stack import own_folder

ORDERS = 20
KEYS = {"orders", "offers", "documents", "deadlines", "throttled_calls", "seconds"}


@pytest.mark.timeout(180)
async def test_a_clean_run_ends_with_one_object_and_exit_code_0() -> None:
    with own_folder() as folder:
        said = await souk(
            "demo", "--orders", str(ORDERS), "--channels", "trendyol", "--seed", "7",
            "--exit", "--json", "--within", "120", "--data", str(folder),
        )  # fmt: skip
        logs = {path.stem for path in (folder / "logs").iterdir()}
        assert said.code == 0, said.err
        result = said.json
        assert set(result) >= KEYS
        assert result["orders"] == {
            "placed": ORDERS,
            "finished": ORDERS,
            "lost": 0,
            "duplicated": 0,
            "wrong": 0,
            "attention": 0,
        }
        assert result["clean"] is True and result["why"] == []
        hooks = result["hooks"]
        assert hooks["duplicated"] >= 0.1 * hooks["events"]
        assert hooks["reordered"] >= 0.1 * hooks["events"]
        assert logs >= {"worker", "receiver", "dispatcher", "bus", "erp", "temporal", "postgres"}


@pytest.mark.timeout(120)
async def test_what_is_not_finished_in_time_is_said_and_is_no_success() -> None:
    ten = ("demo", "--orders", "10", "--channels", "trendyol", "--exit", "--json")
    said = await souk(*ten, "--within", "1")
    assert said.code == 1, said.err
    result = said.json
    assert result["clean"] is False
    assert "Not finished within 1 s: of 10 orders" in result["why"][0]


async def test_an_unknown_channel_is_refused_before_anything_starts(tmp_path: Path) -> None:
    said = await souk("demo", "--channels", "nowhere", "--exit", "--data", str(tmp_path / "data"))
    assert said.code == 2
    assert said.err.strip() == "souk: There is no channel nowhere. Known: amazon, trendyol."
    assert not (tmp_path / "data").exists()
