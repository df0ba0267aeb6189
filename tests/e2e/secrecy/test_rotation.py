"""A key is rotated while orders are on their way: nothing stops, nothing is lost, all is read."""

import base64
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession

from activities.signatures.start import ORDER_WORKFLOW
from store import SealError
from store.sealing_ring import KeyRing, Keys, read_keys
from tests.e2e.secrecy.conftest import ORDERS, UNFINISHED, Run
from tests.e2e.secrecy.test_canaries import SEALED, cells
from workers.stack.http import call

pytestmark = pytest.mark.timeout(180)


async def test_it_came_while_orders_were_on_their_way(run: Run) -> None:
    assert run.rotated.code == 0, run.rotated.err
    old, new = run.keys
    assert (old, new) == (1, 2)
    assert f"Key {new} seals from now on" in run.rotated.out
    low, high = UNFINISHED
    for board in (run.before, run.after):
        assert low * ORDERS <= ORDERS - board.finished <= high * ORDERS, "not the moment meant"


async def test_no_process_stopped_and_no_order_was_lost_doubled_or_wrong(run: Run) -> None:
    before, after = run.processes
    assert before == after and None not in before.values()
    assert run.platform.stack.supervisor.restarts == 0
    assert run.verdict["wrong_details"] == []
    nothing = {"lost": 0, "duplicated": 0, "wrong": 0, "attention": 0}
    assert run.verdict["orders"] == {"placed": ORDERS, "finished": ORDERS, **nothing}


async def test_the_record_holds_both_keys_and_each_row_is_read(run: Run) -> None:
    ring = run.platform.stack.sealer
    by_key: Counter[int] = Counter()
    for table, column, cell in await cells(run.platform.stack.database_url):
        if (table, column) in SEALED:
            assert isinstance(cell, bytes)
            assert ring.open(cell)
            by_key[cell[0]] += 1
    assert set(by_key) == set(run.keys) and min(by_key.values()) >= 5
    for row in await run.platform.store.orders.find(limit=2 * ORDERS):
        whole = await run.platform.store.orders.load(row.ref)
        assert whole is not None and whole.order.buyer.name


async def test_without_the_old_key_what_it_sealed_is_lost(run: Run) -> None:
    """The control: it is the old key that still opens, not something that needs none."""
    _, new = run.keys
    alone = KeyRing.of(Keys(new, {new: read_keys(run.platform.stack.folder.keys).by_id[new]}))
    rows = [c for t, n, c in await cells(run.platform.stack.database_url) if (t, n) in SEALED]
    for cell in rows:
        assert isinstance(cell, bytes)
        if cell[0] == new:
            assert alone.open(cell)
        else:
            with pytest.raises(SealError):
                alone.open(cell)


async def test_histories_of_both_keys_are_opened_for_a_person(run: Run) -> None:
    """As the web UI does: histories from the server, payloads through the codec server."""
    settings = yaml.safe_load(run.platform.stack.folder.settings.read_text())
    codec = settings["codec"]
    url = f"http://{codec['host']}:{codec['port']}/{codec['token']}/decode"
    by_key: Counter[str] = Counter()
    spanning = 0
    async with ClientSession() as http:
        for history in await histories(run):
            payloads = list(sealed_in(history))
            keys = Counter(b64(p["metadata"]["key-id"]) for p in payloads)
            by_key += keys
            spanning += len(keys) == 2
            async with http.post(url, json={"payloads": payloads}) as answer:
                assert answer.status == 200, await answer.text()
                opened = (await answer.json(content_type=None))["payloads"]
            assert len(opened) == len(payloads) > 0
            for payload in opened:
                assert b64(payload["metadata"]["encoding"]).startswith(("json/", "binary/null"))
    assert set(by_key) == {str(key) for key in run.keys}
    assert spanning >= 1, "no order was on its way"


async def histories(run: Run) -> list[Any]:
    """Of all orders' workflows, as the web UI gets them."""
    root = f"{run.platform.stack.addresses.temporal_ui}/api/v1/namespaces/default/workflows"
    found = await call("GET", f"{root}?query=WorkflowType%3D%22{ORDER_WORKFLOW}%22")
    runs = [each["execution"] for each in found["executions"]]
    assert len(runs) >= ORDERS
    return [
        await call(
            "GET",
            f"{root}/{each['workflowId'].replace(':', '%3A')}/history"
            f"?execution.runId={each['runId']}&maximumPageSize=1000",
        )
        for each in runs
    ]


def sealed_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every sealed payload within a history."""
    if isinstance(value, dict):
        if "key-id" in value.get("metadata", {}) and "data" in value:
            yield value
        else:
            for each in value.values():
                yield from sealed_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from sealed_in(each)


def b64(text: str) -> str:
    return base64.b64decode(text).decode()
