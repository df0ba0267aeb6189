"""Approving and rejecting claims."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import structlog
from aiohttp import web

from canonical.actions import AnswerReturn
from canonical.evidence import EvidenceFile
from channels.errors import AmbiguousError, RefusedError, UnavailableError
from channels.port import Seen
from channels.trendyol.client import TrendyolChannel
from tests.channels.servers import CountingLimiter, Server, cuts, serving
from tests.channels.trendyol.samples import SECRETS, opened
from tests.channels.trendyol.test_claims import FIRST, ID, SECOND, claim, page

ORDER = "10600123456"
APPROVE = AnswerReturn(order_id=ORDER, return_id=ID, answer="approve", item_ids=(FIRST,))
REASONS = [{"id": 1651, "name": "Empty parcel"}, {"id": 2077, "name": "Used item"}]
CLAIMS = "/integration/order/sellers/900123/claims"


def reject(reason: str = "1651", **more: Any) -> AnswerReturn:
    return AnswerReturn(
        order_id=ORDER,
        return_id=ID,
        answer="reject",
        item_ids=(FIRST, SECOND),
        reason=reason,
        **more,
    )


def trendyol(write: Any = None, now: dict[str, Any] | None = None, reasons: Any = REASONS) -> Any:
    """Answers writes with `write`, reads with the claim as it is now, and lists reasons."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method in ("PUT", "POST"):
            if callable(write):
                lost: web.StreamResponse = await write(request)
                return lost
            return (
                web.Response(status=200) if write is None else web.json_response(write, status=400)
            )
        if request.path.endswith("claim-issue-reasons"):
            return web.json_response(reasons)
        if "/files/" in request.path:
            if "gone" in request.path:
                return web.Response(status=404)
            if "large" in request.path:
                return web.Response(body=bytes(5 * 1024 * 1024 + 1))
            return web.Response(body=b"\x89PNG", content_type="image/png")
        return web.json_response(page(*([now] if now else [])))

    return answer


@asynccontextmanager
async def at(answer: Any, **more: Any) -> AsyncIterator[tuple[TrendyolChannel, Server]]:
    async with serving(answer) as server, opened(server.url, **more) as one:
        yield one, server


async def test_an_approval_names_its_units() -> None:
    limiter = CountingLimiter()
    async with at(trendyol(), limiter=limiter) as (one, server):
        await one.perform(APPROVE)
    (call,) = server.came
    assert (call.method, call.path) == ("PUT", f"{CLAIMS}/{ID}/items/approve")
    assert json.loads(call.body) == {"claimLineItemIdList": [FIRST], "params": {}}
    assert limiter.reserved == [("main", "claim_approve", True)]


@pytest.mark.parametrize("reason", ["1651", "empty parcel", " Empty Parcel "])
async def test_a_rejection_by_the_reasons_number_or_name(reason: str) -> None:
    async with at(trendyol()) as (one, server):
        await one.perform(reject(reason, note="x" * 600))
    listed, call = server.came
    assert listed.path == "/integration/order/claim-issue-reasons"
    assert (call.method, call.path) == ("POST", f"{CLAIMS}/{ID}/issue")
    assert call.query == {
        "claimIssueReasonId": "1651",
        "claimItemIdList": f"{FIRST},{SECOND}",
        "description": "x" * 500,
    }
    assert call.body == b""


async def test_a_reason_that_needs_a_document_sends_it_as_a_form() -> None:
    async with (
        serving(trendyol()) as server,
        opened(server.url, evidence_hosts=[server.url]) as one,
    ):
        await one.perform(reject("2077", evidence_link=f"{server.url}/files/photo.png?sig=1"))
    fetched, call = server.came[1:]
    assert fetched.path == "/files/photo.png"
    assert fetched.query == {"sig": "1"}
    assert "authorization" not in fetched.headers
    assert call.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert (
        b'name="files"; filename="photo.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG' in call.body
    )


async def test_a_document_that_came_along_is_sent_as_it_is() -> None:
    photo = EvidenceFile(name='p "1".jpg', media_type="image/jpeg", content="/9j/4A==")
    async with at(trendyol()) as (one, server):
        await one.perform(reject("2077", evidence=photo))
    assert [c.method for c in server.came] == ["GET", "POST"], "nothing is fetched"
    call = server.came[-1]
    expected = b'filename="p1.jpg"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\xff\xe0\r\n--'
    assert expected in call.body


async def test_a_document_that_is_too_large_is_refused_with_its_limit() -> None:
    async with (
        serving(trendyol(now=claim())) as server,
        opened(server.url, evidence_hosts=[server.url]) as one,
    ):
        with pytest.raises(RefusedError, match=r"too large.*5242880") as error:
            await one.perform(reject("2077", evidence_link=f"{server.url}/files/large.png"))
    assert error.value.order_id == ORDER
    assert all(c.method == "GET" for c in server.came)


@pytest.mark.parametrize(
    ("action", "match"),
    [
        (reject("2077"), "needs a document"),
        (reject("stolen"), r"none of Trendyol's reasons.*2077 \(Used item\)"),
        (reject("2077", evidence_link="https://elsewhere.example/x.png"), "evidence_hosts"),
    ],
)
async def test_what_is_incomplete_is_refused_before_it_leaves(
    action: AnswerReturn, match: str
) -> None:
    async with at(trendyol(now=claim())) as (one, server):
        with pytest.raises(RefusedError, match=match) as error:
            await one.perform(action)
    assert error.value.order_id == ORDER
    assert all(c.method == "GET" for c in server.came)


async def test_a_document_that_is_gone_is_said() -> None:
    async with (
        serving(trendyol(now=claim())) as server,
        opened(server.url, evidence_hosts=[server.url]) as one,
    ):
        with pytest.raises(RefusedError, match="HTTP 404"):
            await one.perform(reject("2077", evidence_link=f"{server.url}/files/gone.png"))


REFUSAL = {"errors": [{"key": "claim.item.status.not.valid", "message": "no"}]}


@pytest.mark.parametrize(
    ("action", "now"),
    [
        (APPROVE, claim("Accepted")),
        (reject(), claim("Rejected", "Unresolved")),
        (reject(), claim("InAnalysis", "InAnalysis")),
    ],
)
async def test_a_refused_repeat_of_what_stands_is_success(
    action: AnswerReturn, now: dict[str, Any]
) -> None:
    async with at(trendyol(REFUSAL, now)) as (one, server):
        await one.perform(action)
    assert server.came[-1].query["claimIds"] == ID


@pytest.mark.parametrize("now", [claim("WaitingInAction"), claim("Rejected"), None])
async def test_a_refusal_of_what_does_not_stand_says_why(now: dict[str, Any] | None) -> None:
    async with at(trendyol(REFUSAL, now)) as (one, _):
        with pytest.raises(RefusedError) as error:
            await one.perform(APPROVE)
    assert error.value.code == "claim.item.status.not.valid"


@pytest.mark.parametrize(
    ("action", "now", "expected"),
    [
        (APPROVE, claim("Accepted"), Seen.APPLIED),
        (APPROVE, claim("WaitingInAction"), Seen.NOT_APPLIED),
        (APPROVE, claim("Rejected"), Seen.UNCLEAR),
        (APPROVE, None, Seen.UNCLEAR),
        (reject(), claim("Rejected", "WaitingInAction"), Seen.UNCLEAR),
        (reject(), claim("WaitingInAction", "WaitingInAction"), Seen.NOT_APPLIED),
        (reject(), claim("Rejected", "Rejected"), Seen.APPLIED),
    ],
)
async def test_a_lost_answer_is_read_back(
    action: AnswerReturn, now: dict[str, Any] | None, expected: Seen
) -> None:
    async with at(trendyol(cuts, now)) as (one, _):
        with pytest.raises(AmbiguousError):
            await one.perform(action)
        assert await one.read_back(action) is expected


async def test_the_list_of_reasons_must_be_one() -> None:
    async with at(trendyol(reasons={"no": 1}, now=claim())) as (one, _):
        with pytest.raises(Exception, match="claim_reasons"):
            await one.perform(reject())


async def test_no_secret_and_nothing_personal_is_logged_or_told() -> None:
    loud = {"errors": [{"key": "x", "message": f"{SECRETS[0]} {SECRETS[1]} a@b.example"}]}
    with structlog.testing.capture_logs() as lines:
        async with (
            serving(trendyol(loud, claim())) as server,
            opened(server.url, evidence_hosts=[server.url]) as one,
        ):
            photo = f"{server.url}/files/x"
            with pytest.raises(RefusedError) as error:
                await one.perform(reject("2077", note="phone 0501234567", evidence_link=photo))
            await one.fetch_returns(ORDER)
    told = json.dumps(lines, default=str) + str(error.value)
    for canary in (*SECRETS, "a@b.example", "0501234567", "لا يناسبني"):
        assert canary not in told
    assert len(lines) >= 4


async def test_a_host_of_documents_that_is_away_is_no_refusal() -> None:
    away = "http://127.0.0.1:9"
    async with at(trendyol(now=claim()), evidence_hosts=[away]) as (one, server):
        with pytest.raises(UnavailableError):
            await one.perform(reject("2077", evidence_link=f"{away}/x.png"))
    assert all(c.method == "GET" for c in server.came)
