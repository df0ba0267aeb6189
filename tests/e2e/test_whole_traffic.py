"""An order's whole life in the traffic, through the command line and judged from outside."""

import pytest

from tests.fixtures.command import souk
from tests.fixtures.stack import own_folder

ORDERS = 25


@pytest.mark.timeout(150)
async def test_all_that_can_happen_ends_clean() -> None:
    with own_folder() as folder:
        said = await souk(
            "demo", "--orders", str(ORDERS), "--channels", "trendyol", "--traffic", "whole",
            "--exit", "--json", "--within", "120", "--data", str(folder),
        )  # fmt: skip
        assert said.code == 0, said.err + said.out
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
    hooks, happened = result["hooks"], result["happened"]
    # 20 % exactly over each 20 events of an account; so short a run has a part of that.
    assert hooks["lost"] >= 2 and hooks["passivations"] >= 1 and hooks["lostPassive"] >= 1
    assert all(happened[name] for name in ("cancelled", "partly_cancelled", "split")), happened
    assert happened["returns_accepted"] + happened["returns_rejected"] >= 1
    assert "Mapped 1 items" in said.err


async def test_a_traffic_that_no_sandbox_has_is_refused() -> None:
    with own_folder() as folder:
        said = await souk("demo", "--traffic", "odd", "--exit", "--data", str(folder))
    assert said.code != 0
    assert "has no traffic 'odd'. Known: plain, whole." in said.err
