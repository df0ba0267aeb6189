"""The demonstration of a marketplace that tells by a queue, through the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.command import souk
from tests.fixtures.stack import own_folder

ORDERS = 10


@pytest.mark.timeout(150)
async def test_orders_of_both_warehouses_end_clean_with_every_fifth_notification_lost() -> None:
    with own_folder() as folder:
        said = await souk(
            "demo", "--orders", str(ORDERS), "--channels", "amazon", "--seed", "3",
            "--lost-hook-share", "0.2", "--exit", "--json", "--within", "120",
            "--data", str(folder),
        )  # fmt: skip
        assert said.code == 0, said.err + said.out
        taken = _taken(folder / "logs" / "functions.log")
    result = said.json
    assert result["orders"] == {
        "placed": ORDERS,
        "finished": ORDERS,
        "lost": 0,
        "duplicated": 0,
        "wrong": 0,
        "attention": 0,
    }
    assert result["clean"] is True and result["why"] == []
    assert result["throttled_calls"] == 0
    hooks = result["hooks"]
    assert hooks["lost"] >= 2 and hooks["duplicated"] >= 2
    # They came by the queue and its function, more often than there are facts.
    facts = {each["event_id"] for each in taken}
    assert len(facts) >= ORDERS
    assert len(taken) > len(facts)


def _taken(log: Path) -> list[dict[str, Any]]:
    """What the function of the queue handed on, a line each."""
    lines = [line for line in log.read_text(encoding="utf-8").splitlines() if line[:1] == "{"]
    said = [json.loads(line) for line in lines]
    return [each for each in said if each.get("message") == "taken" and each.get("account")]
