"""The way out: tokens, the refusals that look alike, throttling, HTML."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from channels.amazon import quotas
from channels.amazon.client import AmazonChannel
from channels.errors import (
    CredentialsError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from tests.channels.amazon.samples import (
    ORDER_ID,
    SECRETS,
    calls,
    fault,
    market,
    opened,
    options,
    order,
    says,
)
from tests.channels.servers import CountingLimiter, serving

DENIED = fault("Unauthorized", "Access to requested resource is denied.")


async def test_every_call_carries_token_and_agent_and_no_authorization() -> None:
    routes = ("GET", "/orders", says({"order": order()}))
    async with market(routes) as server, opened(server) as one:
        await one.fetch_order(ORDER_ID)
    login, read = server.came
    form = {k: v[0] for k, v in parse_qs(login.body.decode()).items()}
    assert form == {
        "grant_type": "refresh_token",
        "refresh_token": SECRETS[1],
        "client_id": "amzn1.application-oa2-client.invented",
        "client_secret": SECRETS[0],
    }
    assert read.headers["x-amz-access-token"] == "Atza|1"
    assert "authorization" not in read.headers
    agent = read.headers["user-agent"]
    assert agent.startswith("Souk/1.0 (Language=Python/3.")
    assert "Platform=" in agent and len(agent) <= 500


async def test_many_calls_at_once_log_in_once() -> None:
    routes = ("GET", "/orders", says({"order": order()}))
    async with market(routes) as server, opened(server) as one:
        await asyncio.gather(*(one.fetch_order(ORDER_ID) for _ in range(12)))
    assert len(calls(server, "/auth/")) == 1
    assert len(calls(server, "/orders/")) == 12


async def test_an_expired_token_is_renewed_once_and_the_call_goes_through() -> None:
    answers = says((403, DENIED), {"order": order()})
    async with market(("GET", "/orders", answers)) as server, opened(server) as one:
        (event,) = await one.fetch_order(ORDER_ID)
    assert event.identity is not None
    tokens = [c.headers["x-amz-access-token"] for c in calls(server, "/orders/")]
    assert tokens == ["Atza|1", "Atza|2"]


async def test_a_403_with_a_fresh_token_names_the_role_and_is_not_repeated() -> None:
    async with market(("GET", "/orders", says((403, DENIED)))) as server, opened(server) as one:
        with pytest.raises(CredentialsError) as refused:
            await one.fetch_order(ORDER_ID)
    assert len(calls(server, "/orders/")) == 2
    assert "Inventory and Order Tracking" in refused.value.hint
    assert "get_order" in refused.value.hint
    assert type(refused.value) is CredentialsError


async def test_a_role_that_one_call_lacks_does_not_stop_the_account() -> None:
    async with market(("GET", "/fba/", says((403, DENIED)))) as server, opened(server) as one:
        with pytest.raises(RefusedError) as refused:
            async for _ in one.list_stock(None):
                pass
    assert refused.value.code == "role.missing"
    assert "Amazon Fulfillment" in refused.value.hint


@pytest.mark.parametrize(
    ("status", "body", "error", "hint"),
    [
        (400, {"error": "invalid_grant", "error_description": "revoked"}, CredentialsError, "anew"),
        (401, {"error": "invalid_client"}, CredentialsError, "180 days"),
        (400, {"error": "server_error"}, UnavailableError, ""),
        (503, {"error": "temporarily_unavailable"}, UnavailableError, ""),
        (429, {}, ThrottledError, ""),
    ],
)
async def test_what_a_refused_login_means(
    status: int, body: dict[str, Any], error: type[Exception], hint: str
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status)

    async with serving(answer) as server, opened(server) as one:
        with pytest.raises(error) as refused:
            await one.fetch_order(ORDER_ID)
    assert hint in refused.value.hint  # type: ignore[attr-defined]
    assert not any(secret in str(refused.value) for secret in SECRETS)
    assert len(server.came) == 1


async def test_grantless_calls_use_a_token_of_their_own() -> None:
    routes = (
        ("GET", "/destinations", says({"payload": []})),
        ("GET", "/subscriptions", says(fault("NotFound"), status=404)),
    )
    async with market(*routes) as server, opened(server) as one:
        await one.webhook_health("")
    form = parse_qs(server.came[0].body.decode())
    assert form["grant_type"] == ["client_credentials"]
    assert form["scope"] == ["sellingpartnerapi::notifications"]
    assert "refresh_token" not in form


async def test_an_html_503_is_an_outage_and_its_text_is_no_markup_bomb() -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        page = "<html><body>Service Unavailable" + "x" * 5_000 + "</body></html>"
        return web.Response(status=503, text=page, content_type="text/html")

    async with market(("GET", "/orders", broken)) as server, opened(server) as one:
        with pytest.raises(UnavailableError) as away:
            await one.fetch_order(ORDER_ID)
    assert "HTTP 503" in away.value.message
    assert len(away.value.message) < 500


async def test_a_429_without_any_header_waits_about_one_tokens_time() -> None:
    limiter = CountingLimiter()
    busy = says((429, fault("QuotaExceeded", "You exceeded your quota")))
    routes = ("GET", "/orders", busy)
    async with market(routes) as server, opened(server, limiter, time_scale=1) as one:
        with pytest.raises(ThrottledError) as told:
            await one.fetch_order(ORDER_ID)
    assert timedelta(seconds=2) <= told.value.retry_after <= timedelta(seconds=2.5)
    assert limiter.corrected == [("main", quotas.GET_ORDER, told.value.retry_after)]


async def test_the_request_id_is_in_the_message_for_amazons_support() -> None:
    async def refuses(request: web.Request) -> web.StreamResponse:
        headers = {"x-amzn-RequestId": "rid-0815"}
        return web.json_response(fault("InvalidInput", "bad"), status=400, headers=headers)

    async with market(("GET", "/orders", refuses)) as server, opened(server) as one:
        with pytest.raises(RefusedError) as told:
            await one.fetch_order(ORDER_ID)
    assert "rid-0815" in told.value.message
    assert told.value.code == "InvalidInput"


def test_nothing_that_is_printed_shows_a_secret() -> None:
    shown = repr(options()) + repr(AmazonChannel("main", options(), CountingLimiter()))
    assert not any(secret in shown for secret in SECRETS)


@pytest.mark.parametrize(
    ("header", "status", "told"),
    [
        ("0.0056", 200, 0.0056),
        ("2.0", 200, 2.0),
        ("0", 200, None),
        ("0.0", 200, None),
        ("unlimited", 200, None),
        ("-1", 200, None),
        ("0.5", 404, None),
        ("", 200, None),
    ],
)
async def test_a_good_answer_tells_the_accounts_own_rate(
    header: str, status: int, told: float | None
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        headers = {"x-amzn-RateLimit-Limit": header} if header else {}
        return web.json_response({"order": order()}, status=status, headers=headers)

    limiter = CountingLimiter()
    routes = ("GET", "/orders", answer)
    async with market(routes) as server, opened(server, limiter) as one:
        await one.fetch_order(ORDER_ID)
    expected = [] if told is None else [told]
    assert [allowance.per_second for _, _, allowance in limiter.adjusted] == expected
