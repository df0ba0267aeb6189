import asyncio
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.sandbox.amazon.aws import Aws
from tests.sandbox.amazon.harness import AGENT, MARKETPLACE, Answer, Sandbox, Seller, accounts_file
from tests.sandbox.amazon.waiting import eventually

ORDER = "/orders/2026-01-01/orders/408-0000000-0000000"
PLACES = "/sellers/v1/marketplaceParticipations"
DENIED = "Access to requested resource is denied."
SUMMARIES: dict[str, Any] = {
    "granularityType": "Marketplace",
    "granularityId": MARKETPLACE,
    "marketplaceIds": MARKETPLACE,
}


def assert_denied(answer: Answer, code: str = "Unauthorized") -> None:
    error = answer.json["errors"][0]
    assert (answer.status, error["code"], error["message"]) == (403, code, DENIED)
    assert "x-amzn-RateLimit-Limit" not in answer.headers


async def test_a_token_is_given_for_a_refresh_token(seller: Seller) -> None:
    await seller.sandbox.knobs(token_life_s=3600)
    answer = await seller.sandbox.token(
        grant_type="refresh_token", refresh_token=f"Atzr|{seller.place}"
    )
    body = answer.json
    assert body["access_token"].startswith("Atza|")
    # An hour, scaled by two thousand.
    assert (body["token_type"], body["expires_in"]) == ("bearer", 1)
    assert body["refresh_token"] == f"Atzr|{seller.place}"
    grantless = await seller.sandbox.token(
        grant_type="client_credentials", scope="sellingpartnerapi::notifications"
    )
    assert "refresh_token" not in grantless.json


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "refresh_token", "refresh_token": "Atzr|no"}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "client_secret": "no"}, 401, "invalid_client"),
        ({"grant_type": "refresh_token", "client_id": "no"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "scope": "all"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "invalid_request"),
        ({}, 400, "invalid_request"),
    ],
)
async def test_login_refuses(
    sandbox: Sandbox, form: dict[str, str], status: int, error: str
) -> None:
    answer = await sandbox.token(**form)
    assert (answer.status, answer.json["error"]) == (status, error)
    assert answer.json["error_description"]


async def test_login_takes_forms_only(sandbox: Sandbox) -> None:
    answer = await sandbox.send("POST", "/auth/o2/token", json={"grant_type": "refresh_token"})
    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


async def test_bad_tokens_get_403(seller: Seller) -> None:
    missing = await seller.call("GET", PLACES, headers={"x-amz-access-token": None})
    assert_denied(missing)
    assert "missing" in missing.json["errors"][0]["details"]
    assert_denied(await seller.call("GET", PLACES, token="Atza|made-up"))
    assert_denied(await seller.call("GET", PLACES, token=await seller.grantless()))
    good = await seller.good("GET", PLACES)
    assert good["payload"][0]["marketplace"]["id"] == MARKETPLACE


async def test_an_expired_token_gets_403(seller: Seller) -> None:
    await seller.sandbox.knobs(token_life_s=3600)
    token = await seller.token()

    async def expired() -> bool:
        answer = await seller.call("GET", ORDER, token=token)
        if answer.status == 404:
            return False
        assert_denied(answer)
        return True

    await eventually(expired)
    seller._token = ""
    assert (await seller.call("GET", ORDER)).status == 404


async def test_a_withdrawn_authorisation_gets_403(seller: Seller) -> None:
    await seller.good("GET", PLACES)
    assert (await seller.sandbox.operate("DELETE", f"/tokens/{seller.id}"))["revoked"] == 1
    assert_denied(await seller.call("GET", PLACES))


async def test_unknown_paths_get_403_like_everything(seller: Seller) -> None:
    for method, path in (("GET", "/orders/v1/orders"), ("DELETE", "/orders/v0/orders")):
        headers = {"x-amz-access-token": await seller.token(), "User-Agent": AGENT}
        answer = await seller.sandbox.send(method, path, headers=headers)
        assert_denied(answer, "MissingAuthenticationToken")


@pytest.mark.parametrize(
    "agent",
    [None, "curl/8.0", "Souk/1.0 (Platform=Linux)", f"Souk/1.0 (Language=Python; {'x' * 500})"],
)
async def test_the_user_agent_is_mandatory(seller: Seller, agent: str | None) -> None:
    answer = await seller.call("GET", PLACES, headers={"User-Agent": agent})
    assert (answer.status, answer.code) == (400, "InvalidInput")


async def test_missing_roles_get_403(aws: Aws, directory: Path) -> None:
    accounts = accounts_file(directory, 1, roles=["orders", "insights"])
    sandbox = await Sandbox.start(directory / "data", accounts)
    try:
        seller = Seller(sandbox, 0)
        assert_denied(await seller.call("GET", "/fba/inventory/v1/summaries", **SUMMARIES))
        order = await seller.order()
        await sandbox.knobs(visibility_lag_s=0)
        seen = await seller.read(order, "BUYER,RECIPIENT,FULFILLMENT")
        # Roles that open personal data are missing: the fields are, and no error tells.
        assert not {"buyer", "recipient"} & set(seen)
        await sandbox.knobs(orders_need_tax_role=True)
        answer = await seller.call(
            "GET", "/orders/2026-01-01/orders", createdAfter="2026-01-01T00:00:00Z"
        )
        assert_denied(answer, "AccessDeniedException")
    finally:
        await sandbox.stop()


async def test_quotas_are_buckets_that_fill_again(seller: Seller, sandbox: Sandbox) -> None:
    await sandbox.knobs(quotas={**await _quotas(sandbox), "orders.getOrder": [0.00025, 3]})
    # One in two seconds at this scale, three at once.
    statuses = [(await seller.call("GET", ORDER)).status for _ in range(3)]
    assert statuses == [404, 404, 404]
    refused = await seller.call("GET", ORDER)
    error = refused.json["errors"][0]
    assert (refused.status, error["code"]) == (429, "QuotaExceeded")
    assert "x-amzn-RateLimit-Limit" not in refused.headers
    assert "Retry-After" not in refused.headers

    async def again() -> Answer | None:
        answer = await seller.call("GET", ORDER)
        return answer if answer.status == 404 else None

    started = time.monotonic()
    answer = await eventually(again)
    assert time.monotonic() - started < 4
    assert answer.headers["x-amzn-RateLimit-Limit"] == "0.5"
    calls = (await seller.ledger())["calls"]["orders.getOrder"]
    assert calls["throttled"] >= 1
    assert calls["statuses"]["404"] == 4


async def test_quotas_are_each_seller_s_own(
    seller: Seller, other: Seller, sandbox: Sandbox
) -> None:
    await sandbox.knobs(quotas={**await _quotas(sandbox), "orders.getOrder": [0.0001, 1]})
    assert (await seller.call("GET", ORDER)).status == 404
    assert (await seller.call("GET", ORDER)).status == 429
    assert (await other.call("GET", ORDER)).status == 404


async def _quotas(sandbox: Sandbox) -> dict[str, object]:
    quotas: dict[str, object] = (await sandbox.operate("GET", "/knobs"))["quotas"]
    return quotas


async def test_faults_strike(seller: Seller) -> None:
    await seller.token()
    await seller.fault("html", "orders.getOrder")
    html = await seller.call("GET", ORDER)
    assert (html.status, html.headers["Content-Type"].split(";")[0]) == (503, "text/html")
    await seller.fault("cut_after_commit", "feeds.createFeedDocument")
    with pytest.raises(aiohttp.ClientError):
        await seller.call("POST", "/feeds/2021-06-30/documents", {"contentType": "text/xml"})
    await seller.fault("throttle_burst", "orders.getOrder")
    assert (await seller.call("GET", ORDER)).status == 429
    await seller.fault("expired_token", "orders.getOrder")
    assert_denied(await seller.call("GET", ORDER))
    # That very token is worth nothing any more; another one can be had.
    assert_denied(await seller.call("GET", ORDER))
    seller._token = ""
    assert (await seller.call("GET", ORDER)).status == 404


async def test_state_outlives_a_kill(directory: Path) -> None:
    accounts = accounts_file(directory, 1)
    sandbox = await Sandbox.start(directory / "data", accounts, "--time-scale", "2000")
    seller = Seller(sandbox, 0)
    order = await seller.order(cod=True)
    token = await seller.token()
    await sandbox.knobs(token_life_s=7_200_000)
    await sandbox.stop(hard=True)
    again = await Sandbox.start(directory / "data", accounts, "--time-scale", "2000")
    try:
        seller = Seller(again, 0, _token=token)
        assert (await seller.real(order))["cod"] is True
        assert (await seller.order())["order_id"] != order["order_id"]
        assert (await again.operate("GET", "/knobs"))["token_life_s"] == 7_200_000
        await asyncio.sleep(0)
    finally:
        await again.stop()
