"""Headers exactly as the documentation says, and secrets that show up nowhere."""

import base64
import logging
import traceback
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from aiohttp import web
from pydantic import ValidationError

from canonical.actions import AcceptParcel
from canonical.commands import ShipLine
from channels.errors import ChannelError
from channels.registry import package as channel_package
from channels.trendyol import AccountOptions, connect
from tests.channels.servers import Answer, CountingLimiter, answers, cuts, serving
from tests.channels.trendyol.samples import SECRETS, channel, opened, options

ACCEPT = AcceptParcel(order_id="1", parcel_id="2", lines=(ShipLine(line_id="3", quantity=1),))
BASIC = base64.b64encode(f"{SECRETS[0]}:{SECRETS[1]}".encode()).decode()


async def test_every_call_carries_the_headers() -> None:
    async with serving(answers({"content": []})) as server, opened(server.url) as one:
        await one.fetch_order("10600123456")
        await one.perform(ACCEPT)
    read, write = server.came[0], server.came[-1]
    for call in (read, write):
        assert call.headers["authorization"] == f"Basic {BASIC}"
        assert call.headers["user-agent"] == "900123 - SelfIntegration"
        assert call.headers["storefrontcode"] == "SA"
        assert call.headers["x-supplier-id"] == "900123"
        assert call.headers["accept-language"] == "en"
    assert write.headers["content-type"] == "application/json"
    assert "content-type" not in read.headers
    assert "cookie" not in read.headers


async def test_storefront_and_integrator_are_options() -> None:
    async with (
        serving(answers({"content": []})) as server,
        opened(server.url, storefront="AE", integrator="Souk1") as one,
    ):
        await one.fetch_order("1")
    assert server.came[0].headers["user-agent"] == "900123 - Souk1"
    assert server.came[0].headers["storefrontcode"] == "AE"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seller_id", "90x"),
        ("storefront", "sa"),
        ("integrator", "has spaces"),
        ("base_url", "apigw.trendyol.com"),
        ("api_secret", None),
        ("webhok_key", "misspelt"),
    ],
)
def test_wrong_options_are_refused_without_showing_them(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        options(**{field: value})
    assert field in str(refused.value)
    for secret in SECRETS:
        assert secret not in str(refused.value)


def test_a_seller_id_may_be_a_number_in_the_settings_file() -> None:
    assert options(seller_id=900123).seller_id == "900123"


def echoing_secrets(status: int) -> Answer:
    said = f"no {SECRETS[0]} {SECRETS[1]} Basic {BASIC} noura@mail.example 0500000000"
    return answers(
        {"errors": [{"key": "bad.request", "message": said}], "exception": "X"}, status=status
    )


@pytest.mark.parametrize(
    "answer",
    [
        echoing_secrets(400),
        echoing_secrets(401),
        echoing_secrets(503),
        cuts,
        answers(web.Response(status=400, body=f"<html>{BASIC} {SECRETS[1]}</html>".encode())),
    ],
    ids=["400", "401", "503", "cut", "html"],
)
async def test_no_secret_is_in_a_log_an_error_or_a_traceback(
    answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        async with serving(answer) as server, opened(server.url) as one:
            with pytest.raises(ChannelError) as raised:
                await one.perform(ACCEPT)
    shown = "".join(traceback.format_exception(raised.value))
    shown += repr(raised.value) + repr(lines) + caplog.text + repr(one) + repr(options())
    for hidden in (*SECRETS, BASIC, "noura@mail", "0500000000"):
        assert hidden not in shown


def test_a_channel_is_opened_through_its_row() -> None:
    found = channel_package("trendyol")
    one = found.connect("main", options(), CountingLimiter())
    assert (one.name, one.account) == ("trendyol", "main")
    assert found.AccountOptions is AccountOptions
    with pytest.raises(TypeError, match="AccountOptions"):
        connect("main", ValidationError, CountingLimiter())  # type: ignore[arg-type]


async def test_closing_what_was_never_used_is_harmless() -> None:
    one = channel()
    await one.close()
    await one.close()


async def test_a_page_of_the_stream_is_asked_for_one_account_only() -> None:
    empty = {"content": [], "hasMore": False}
    now = datetime.now(UTC)
    async with serving(answers(empty)) as server, opened(server.url, seller_id="77") as one:
        async for _ in one.list_orders(now - timedelta(hours=4), now):
            pass
    assert server.came[0].path == "/integration/order/sellers/77/orders/stream"
