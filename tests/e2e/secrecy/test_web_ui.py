"""Temporal's web UI shows people what is sealed, through the codec server, and nobody else."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession

from tests.e2e.secrecy.conftest import FIRST_NUMBER, Run
from tests.e2e.secrecy.test_rotation import b64
from tests.fixtures import browser
from tests.fixtures.stack import CHANNEL
from workers.stack.http import call

ACCOUNT, NUMBER = "riyadh", str(FIRST_NUMBER)
WORKFLOW = quote(f"order:{CHANNEL}:{ACCOUNT}:{NUMBER}", safe="")
NOBODY = "http://127.0.0.1:1"
"""Where no server listens."""
needs_browser = pytest.mark.skipif(browser.program() is None, reason=browser.MISSING)

pytestmark = pytest.mark.timeout(180)


async def endpoint(run: Run) -> str:
    """The codec server's address as the web UI's own server tells it to the page."""
    said = await call("GET", f"{run.platform.stack.addresses.temporal_ui}/api/v1/settings")
    return str(said["Codec"]["Endpoint"])


async def start_input(run: Run) -> dict[str, Any]:
    """The sealed input of an order's workflow."""
    root = f"{run.platform.stack.addresses.temporal_ui}/api/v1/namespaces/default/workflows"
    said = await call("GET", f"{root}/{WORKFLOW}/history?maximumPageSize=1")
    began = said["history"]["events"][0]["workflowExecutionStartedEventAttributes"]
    payload: dict[str, Any] = began["input"]["payloads"][0]
    assert b64(payload["metadata"]["encoding"]) == "binary/encrypted"
    return payload


def page_of(run: Run) -> str:
    """The order's page."""
    ui = run.platform.stack.addresses.temporal_ui
    return f"{ui}/namespaces/default/workflows/{WORKFLOW}"


async def test_the_exchange_of_the_web_ui_by_hand(run: Run) -> None:
    """What the page does: asks whether it may ask, then sends what it got from the server."""
    url, payload = f"{await endpoint(run)}/decode", await start_input(run)
    ui = run.platform.stack.addresses.temporal_ui
    body = {"payloads": [payload]}
    headers = {"Origin": ui, "Content-Type": "application/json", "X-Namespace": "default"}
    asked = {
        "Origin": ui,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-namespace",
    }
    async with ClientSession() as http:
        async with http.options(url, headers=asked) as may:
            assert may.headers["Access-Control-Allow-Origin"] == ui
            allowed = may.headers["Access-Control-Allow-Headers"].split(", ")
            assert {"content-type", "x-namespace"} <= set(allowed)
        async with http.post(url, json=body, headers=headers) as answer:
            assert answer.status == 200
            (opened,) = (await answer.json(content_type=None))["payloads"]
        assert json.loads(b64(opened["data"]))["ref"]["order_id"] == NUMBER
        wrong = url.replace(url.split("/")[3], "another-token")
        async with http.post(wrong, json=body, headers=headers) as refused:
            assert (refused.status, NUMBER in await refused.text()) == (401, False)
        elsewhere = headers | {"Origin": "http://evil.example"}
        async with http.post(url, json=body, headers=elsewhere) as refused:
            assert (refused.status, NUMBER in await refused.text()) == (403, False)


@needs_browser
async def test_a_person_reads_payloads_on_the_orders_page(run: Run) -> None:
    async with browser.page() as page:
        await page.open(page_of(run))
        text = await page.until_it_reads('"order_id"')
        assert f'"{NUMBER}"' in text
        assert await beginning(run) not in text


@needs_browser
@pytest.mark.parametrize("way", ["another token", "no codec server"])
async def test_without_the_codec_server_or_its_token_nobody_reads_them(run: Run, way: str) -> None:
    codec = await endpoint(run)
    instead = f"{codec.rsplit('/', 1)[0]}/{'x' * 32}" if way == "another token" else NOBODY

    def elsewhere(url: str) -> str:
        return url.replace(codec, instead)

    async with browser.page((f"{codec}*", elsewhere)) as page:
        await page.open(page_of(run))
        text = await page.until_it_reads(await beginning(run))
        assert '"order_id"' not in text
        if way == "another token":
            assert [x for x in page.requested if x.startswith("401 ")]


async def beginning(run: Run) -> str:
    """Of the sealed input, as the page shows it where it cannot be opened."""
    return str((await start_input(run))["data"])[:60]
