import pytest

from tests.sandbox.trendyol.harness import Seller

STREAM = "order/S/orders/stream"


@pytest.mark.parametrize(
    "agent", [None, "python-aiohttp/3", "900100 - ", "900100 - Name!", "900100 - " + "x" * 31]
)
async def test_without_a_proper_user_agent_the_gateway_answers_html(
    seller: Seller, agent: str | None
) -> None:
    answer = await seller.call("GET", STREAM, headers={"User-Agent": agent})
    assert answer.status == 403
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<html>" in answer.text


@pytest.mark.parametrize("authorization", [None, "Basic bm9wZTpub3Bl", "Bearer x"])
async def test_a_wrong_key_is_a_401_with_its_exception(
    seller: Seller, authorization: str | None
) -> None:
    answer = await seller.call("GET", STREAM, headers={"Authorization": authorization})
    assert answer.status == 401
    assert answer.json["exception"] == "ClientApiAuthenticationException"
    assert answer.json["errors"][0]["errorCode"] == "401"


async def test_a_good_key_for_a_foreign_seller_is_a_401_too(seller: Seller) -> None:
    answer = await seller.call("GET", "order/sellers/1/orders/stream")
    assert answer.status == 401
    assert answer.json["exception"] == "TrendyolAuthorizationException"


async def test_the_storefront_header_decides_whose_data_one_sees(seller: Seller) -> None:
    await seller.order()
    cases: list[tuple[dict[str, str | None], int, int | str]] = [
        ({"storeFrontCode": "SA"}, 200, 1),
        ({"storeFrontCode": None}, 200, 0),
        ({"storeFrontCode": "XX"}, 400, "invalid.storefrontcode"),
        ({"storeFrontCode": "AE"}, 400, "supplier.api.supplier.not.found"),
    ]
    for headers, status, told in cases:
        answer = await seller.call("GET", STREAM, headers=headers)
        assert answer.status == status
        if status == 200:
            assert len(answer.json["content"]) == told
        else:
            assert answer.json["errors"][0]["key"] == told


async def test_messages_follow_accept_language_and_keys_do_not(seller: Seller) -> None:
    seen = {}
    for language in ("ar", "tr", "en"):
        headers = {"storeFrontCode": "XX", "Accept-Language": language}
        error = (await seller.call("GET", STREAM, headers=headers)).json["errors"][0]
        assert error["key"] == "invalid.storefrontcode"
        seen[language] = error["message"]
    assert len(set(seen.values())) == 3
    assert "واجهة" in seen["ar"]


async def test_fifty_calls_in_ten_seconds_per_endpoint_and_seller(seller: Seller) -> None:
    statuses = [(await seller.call("GET", STREAM)).status for _ in range(50)]
    assert statuses == [200] * 50
    refused = await seller.call("GET", STREAM)
    assert refused.status == 429
    assert refused.json["error"] == "too.many.requests"
    assert "Retry-After" not in refused.headers
    assert (await seller.call("GET", "webhook/S/webhooks")).status == 200
    calls = (await seller.ledger())["calls"]["orders.stream"]
    assert (calls["calls"], calls["throttled"]) == (51, 1)
    assert sum(window["calls"] for window in calls["windows"]["60"]) == 51


async def test_orders_by_page_have_thirty_a_minute(seller: Seller) -> None:
    statuses = [(await seller.call("GET", "order/S/v2/orders")).status for _ in range(31)]
    assert statuses == [200] * 30 + [429]


async def test_quotas_can_be_turned(seller: Seller) -> None:
    await seller.sandbox.knobs(quotas={"*": [[2, 10]], "hooks.list": [[1, 0.2]]})
    assert [(await seller.call("GET", STREAM)).status for _ in range(3)] == [200, 200, 429]
    answers = [await seller.call("GET", "webhook/S/webhooks") for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 429]
    assert answers[1].json["errors"][0]["key"] == "too.many.requests"


async def test_unknown_paths_verbs_and_media_types(seller: Seller) -> None:
    assert (await seller.call("GET", "order/S/nothing")).status == 404
    assert (await seller.call("DELETE", STREAM)).json["errors"][0]["errorCode"] == "405"
    answer = await seller.call(
        "POST", "webhook/S/webhooks", {}, headers={"Content-Type": "text/plain"}
    )
    assert answer.status == 415


async def test_order_v1_is_closed(seller: Seller) -> None:
    assert (await seller.call("GET", "order/S/orders")).status == 426
    await seller.sandbox.knobs(v1_orders="open")
    assert (await seller.call("GET", "order/S/orders")).status == 200
