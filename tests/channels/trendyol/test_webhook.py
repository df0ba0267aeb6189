"""What is pushed to us, and keeping the hook alive."""

import base64
import json
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from channels.errors import ContractError, RefusedError
from channels.port import WebhookHealth
from channels.trendyol import ABILITIES
from channels.trendyol.hooks import STATUSES
from tests.channels.servers import Server, answers, serving
from tests.channels.trendyol.samples import SECRETS, body, channel, opened, package

KEY = SECRETS[2]
URL = "https://hooks.souk.example/webhooks/9f2c51"


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("headers", "genuine"),
    [
        ({"x-api-key": KEY}, True),
        ({"X-API-KEY": KEY}, True),
        ({"x-api-key": KEY + " "}, False),
        ({"x-api-key": KEY[:-1]}, False),
        ({"x-api-key": ""}, False),
        ({"x-api-key": "مفتاح\udc80"}, False),
        ({"authorization": basic("u", KEY)}, False),
        ({}, False),
        (CIMultiDict([("x-api-key", KEY)]), True),
        (CIMultiDict([("x-api-key", "wrong"), ("X-Api-Key", KEY)]), False),
    ],
)
def test_the_key_is_checked(headers: Any, genuine: bool) -> None:
    assert channel().webhook_is_genuine(headers, b"{}") is genuine


def test_with_a_username_it_is_basic() -> None:
    one = channel(webhook_username="souk")
    assert one.webhook_is_genuine({"Authorization": basic("souk", KEY)}, b"")
    assert not one.webhook_is_genuine({"Authorization": basic("souk", "x")}, b"")
    assert not one.webhook_is_genuine({"x-api-key": KEY}, b"")


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_configured_key_nothing_is_genuine(key: str | None) -> None:
    one = channel(webhook_key=key)
    for shown in ("", "None", KEY):
        assert not one.webhook_is_genuine({"x-api-key": shown}, b"")
    assert not one.webhook_is_genuine({}, b"")


def test_a_bare_package_and_an_envelope_bring_the_same_event() -> None:
    one = channel()
    (bare,) = one.split_webhook(body("created"))
    enveloped = one.split_webhook(body("webhook_envelope"))
    assert bare.identity is not None
    assert bare.identity.event_id == "SA:3300123456:Created:1795509130000"
    assert bare.identity.order_id == "10600123456"
    assert (bare.identity.subject, bare.identity.version) == ("3300123456", 1795509130000)
    assert [e.identity and e.identity.order_id for e in enveloped] == ["10600123456", "10600123457"]
    assert enveloped[0].identity == bare.identity
    assert one.to_canonical(enveloped[0].body) == one.to_canonical(bare.body)


def test_the_storefront_is_part_of_the_id() -> None:
    (event,) = channel(storefront="AE").split_webhook(body("created"))
    assert event.identity is not None
    assert event.identity.event_id.startswith("AE:")


@pytest.mark.parametrize("junk", [b"", b"hello", b"{}", b"7", b"\xff", b'{"content": 7}'])
def test_junk_is_one_event_without_identity(junk: bytes) -> None:
    (event,) = channel().split_webhook(junk)
    assert event.identity is None
    assert event.body == junk
    assert ABILITIES.webhooks is not None
    assert ABILITIES.webhooks.junk_answer == 200


def test_one_bad_package_of_an_envelope_is_kept_beside_the_good_one() -> None:
    both = json.dumps({"content": [package(lines={}), package()]}).encode()
    bad, good = channel().split_webhook(both)
    assert bad.identity is None
    assert json.loads(bad.body)["lines"] == {}
    assert good.identity is not None


@given(
    st.binary(max_size=300)
    | st.text(max_size=100).map(lambda t: json.dumps({"content": t}).encode())
)
def test_nothing_makes_the_splitting_raise(junk: bytes) -> None:
    assert all(e.identity is None for e in channel().split_webhook(junk))


def hook(hook_id: str = "5297c986", url: str = URL, status: str = "ACTIVE") -> dict[str, Any]:
    return {"id": hook_id, "url": url, "status": status, "authenticationType": "API_KEY"}


async def subscribed(*hooks: dict[str, Any], **more: Any) -> Server:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            return web.json_response(list(hooks))
        if request.method == "POST":
            return web.json_response({"id": "new"})
        return web.Response(text="200 OK")

    async with serving(answer) as server, opened(server.url, **more) as one:
        await one.subscribe(URL)
    return server


HOOKS = "/integration/webhook/sellers/900123/webhooks"


async def test_a_missing_hook_is_created() -> None:
    server = await subscribed(hook(url="https://someone.else/"))
    assert [(c.method, c.path) for c in server.came] == [("GET", HOOKS), ("POST", HOOKS)]
    assert json.loads(server.came[1].body) == {
        "url": URL,
        "authenticationType": "API_KEY",
        "apiKey": KEY,
        "countryCodes": ["SA"],
        "subscribedStatuses": list(STATUSES),
    }


async def test_a_passive_hook_is_brought_up_to_date_and_activated() -> None:
    server = await subscribed(hook(status="PASSIVE"))
    assert [(c.method, c.path) for c in server.came] == [
        ("GET", HOOKS),
        ("PUT", f"{HOOKS}/5297c986"),
        ("PUT", f"{HOOKS}/5297c986/activate"),
    ]
    assert json.loads(server.came[1].body)["apiKey"] == KEY
    assert server.came[2].body == b""


async def test_an_active_hook_is_not_registered_twice() -> None:
    server = await subscribed(hook("1", status="PASSIVE"), hook("2", url=URL + "/"))
    assert [(c.method, c.path) for c in server.came] == [("GET", HOOKS), ("PUT", f"{HOOKS}/2")]


async def test_basic_authentication_is_registered_with_its_username() -> None:
    server = await subscribed(webhook_username="souk")
    sent = json.loads(server.came[1].body)
    assert sent["authenticationType"] == "BASIC_AUTHENTICATION"
    assert (sent["username"], sent["password"]) == ("souk", KEY)
    assert "apiKey" not in sent


@pytest.mark.parametrize(
    ("url", "more", "hint"),
    [
        ("http://localhost:8080/x", {}, "public"),
        ("https://souk.example/webhooks/Trendyol/main", {}, "public"),
        (URL, {"webhook_key": None}, "webhook_key"),
    ],
)
async def test_what_trendyol_would_refuse_is_refused_before(
    url: str, more: dict[str, Any], hint: str
) -> None:
    async with serving(answers([])) as server, opened(server.url, **more) as one:
        with pytest.raises(RefusedError) as refused:
            await one.subscribe(url)
    assert hint in refused.value.hint
    assert server.came == []


@pytest.mark.parametrize(
    ("hooks", "expected"),
    [
        ([], WebhookHealth.MISSING),
        ([hook(url="https://someone.else/")], WebhookHealth.MISSING),
        ([hook(status="PASSIVE")], WebhookHealth.PASSIVE),
        ([hook(status="PASSIVE"), hook("2")], WebhookHealth.ACTIVE),
    ],
)
async def test_how_the_hook_stands(hooks: list[dict[str, Any]], expected: WebhookHealth) -> None:
    async with serving(answers(hooks)) as server, opened(server.url) as one:
        assert await one.webhook_health(URL) is expected


@pytest.mark.parametrize("answer", [{"content": []}, [{"url": 7}], web.Response(text="200 OK")])
async def test_a_list_of_another_shape_is_an_error(answer: Any) -> None:
    async with serving(answers(answer)) as server, opened(server.url) as one:
        with pytest.raises(ContractError):
            await one.webhook_health(URL)
