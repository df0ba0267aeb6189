"""One way out: a slot for each request, no hidden repeats, bounded answers, honest errors."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import structlog
from aiohttp import web

from channels.errors import (
    AmbiguousError,
    ChannelError,
    ContractError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from channels.http import (
    CALL_OBSERVERS,
    AuthFlow,
    CallRecord,
    HttpClient,
    Request,
    Response,
    Tells,
    Timeouts,
    path_of,
)
from channels.limiter import Allowance
from tests.channels.servers import Answer, CountingLimiter, Server, answers, cuts, serving, sleeps

READ = Request("read", "GET", "things/1", order_id="A-1")
WRITE = Request("write", "PUT", "things/1", body=b"{}", repeatable=False, order_id="A-1")
FAST = Timeouts(
    pool=timedelta(seconds=2),
    connect=timedelta(seconds=1),
    read=timedelta(seconds=0.2),
    total=timedelta(seconds=2),
)


class TokenAuth:
    """Logs in when refused, once: a flow of up to three requests."""

    def flow(self, request: Request) -> AuthFlow:
        answer = yield request.with_headers({"Authorization": "Bearer old-token"})
        if answer.status == 401:
            login = yield Request("login", "POST", "login", body=b"{}")
            token = login.body.decode()
            yield request.with_headers({"Authorization": f"Bearer {token}"})


def judge(request: Request, response: Response) -> ChannelError | None:
    about = ("toy", "acc", request.operation, f"HTTP {response.status}", request.order_id)
    if response.ok:
        return None
    if response.status == 429:
        return ThrottledError(*about, retry_after=response.retry_after or timedelta(0))
    return RefusedError(*about, code=str(response.status))


@asynccontextmanager
async def opened(
    url: str,
    limiter: CountingLimiter | None = None,
    body_limit: int = 10_000,
    tells: Tells | None = None,
) -> AsyncIterator[HttpClient]:
    client = HttpClient(
        "toy",
        "acc",
        url,
        TokenAuth(),
        limiter or CountingLimiter(),
        judge,
        timeouts=FAST,
        body_limit=body_limit,
        tells=tells,
    )
    try:
        yield client
    finally:
        await client.close()


@pytest.fixture
def calls() -> Iterator[list[CallRecord]]:
    """What the observers are told."""
    told: list[CallRecord] = []
    CALL_OBSERVERS.append(told.append)
    yield told
    CALL_OBSERVERS.remove(told.append)


async def failure(answer: Answer, request: Request) -> tuple[ChannelError, Server]:
    async with serving(answer) as server, opened(server.url) as client:
        with pytest.raises(ChannelError) as raised:
            await client.send(request)
        return raised.value, server


async def test_each_request_of_a_flow_takes_a_slot_of_its_own(calls: list[CallRecord]) -> None:
    limiter = CountingLimiter()
    flow = answers(web.Response(status=401), web.Response(body=b"new-token"), {"ok": True})
    async with serving(flow) as server, opened(server.url, limiter) as client:
        response = await client.send(READ)
    assert response.status == 200
    assert [operation for _, operation, _ in limiter.reserved] == ["read", "login", "read"]
    assert [c.headers["authorization"] for c in server.came if c.path != "/login"] == [
        "Bearer old-token",
        "Bearer new-token",
    ]
    assert [c.outcome for c in calls] == ["RefusedError", "ok", "ok"]


async def test_without_a_slot_nothing_leaves() -> None:
    limiter = CountingLimiter(full=True)
    async with serving(answers({})) as server, opened(server.url, limiter) as client:
        with pytest.raises(ThrottledError):
            await client.send(READ)
    assert server.came == []


async def test_what_an_answer_says_of_its_quota_reaches_the_limiter() -> None:
    def tells(request: Request, response: Response) -> Allowance | None:
        rate = response.headers.get("x-toy-rate")
        return Allowance(per_second=float(rate)) if rate else None

    limiter = CountingLimiter()
    flow = answers(
        web.Response(headers={"X-Toy-Rate": "0.0056"}),
        web.Response(status=429, headers={"X-Toy-Rate": "0.5", "Retry-After": "7"}),
        web.Response(),
    )
    async with serving(flow) as server, opened(server.url, limiter, tells=tells) as client:
        await client.send(READ)
        with pytest.raises(ThrottledError):
            await client.send(READ)
        await client.send(READ)
    assert limiter.adjusted == [
        ("acc", "read", Allowance(per_second=0.0056)),
        ("acc", "read", Allowance(per_second=0.5)),
    ]
    assert limiter.corrected == [("acc", "read", timedelta(seconds=7))]


async def test_urgent_calls_ask_for_an_urgent_slot() -> None:
    limiter = CountingLimiter()
    async with serving(answers({})) as server, opened(server.url, limiter) as client:
        await client.send(Request("decide", "PUT", "x", urgent=True))
    assert limiter.reserved == [("acc", "decide", True)]


@pytest.mark.parametrize(
    ("answer", "said"),
    [(cuts, "the connection broke"), (sleeps, "no answer in time")],
    ids=["cut", "silence"],
)
async def test_a_write_without_an_answer_is_ambiguous_and_is_sent_once(
    answer: Answer, said: str
) -> None:
    error, server = await failure(answer, WRITE)
    assert isinstance(error, AmbiguousError)
    assert said in error.message
    assert error.order_id == "A-1"
    assert len(server.came) == 1


async def test_a_write_on_a_connection_that_was_used_before_is_not_sent_twice_either() -> None:
    used: list[int] = []

    async def first_good(request: web.Request) -> web.StreamResponse:
        used.append(1)
        return web.json_response({}) if len(used) == 1 else await cuts(request)

    async with serving(first_good) as server, opened(server.url) as client:
        await client.send(READ)
        with pytest.raises(AmbiguousError):
            await client.send(WRITE)
    assert [c.method for c in server.came] == ["GET", "PUT"]


@pytest.mark.parametrize("answer", [cuts, sleeps], ids=["cut", "silence"])
async def test_a_read_without_an_answer_is_unavailable(answer: Answer) -> None:
    error, server = await failure(answer, READ)
    assert isinstance(error, UnavailableError)
    assert len(server.came) == 1


async def test_an_answer_that_breaks_off_is_no_answer() -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"half")
        return await cuts(request)

    assert isinstance((await failure(half, WRITE))[0], AmbiguousError)
    assert isinstance((await failure(half, READ))[0], UnavailableError)


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
async def test_where_nobody_listens_nothing_was_sent(
    request_: Request, unused_tcp_port: int, calls: list[CallRecord]
) -> None:
    async with opened(f"http://127.0.0.1:{unused_tcp_port}") as client:
        with pytest.raises(UnavailableError, match="nothing was sent"):
            await client.send(request_)
    assert [(c.outcome, c.status) for c in calls] == [("UnavailableError", None)]


async def test_a_body_is_read_to_its_limit_and_no_further() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 4096)

    packed = gzip.compress(b" " * 1_000_000)
    bomb = answers(web.Response(body=packed, headers={"Content-Encoding": "gzip"}))
    stated = answers(web.Response(body=b"x" * 10_001))
    for answer in (endless, bomb, stated):
        error, _ = await failure(answer, READ)
        assert isinstance(error, ContractError)
        assert "10000" in error.message
        assert isinstance((await failure(answer, WRITE))[0], AmbiguousError)
    async with serving(stated) as server, opened(server.url, body_limit=10_001) as client:
        assert len((await client.send(READ)).body) == 10_001


async def test_redirects_are_not_followed() -> None:
    moved = answers(web.Response(status=302, headers={"Location": "/elsewhere"}))
    error, server = await failure(moved, READ)
    assert isinstance(error, RefusedError)
    assert error.code == "302"
    assert len(server.came) == 1


async def test_a_refusal_for_quota_corrects_the_limiter() -> None:
    limiter = CountingLimiter()
    throttle = answers(web.Response(status=429, headers={"Retry-After": "7"}))
    async with serving(throttle) as server, opened(server.url, limiter) as client:
        with pytest.raises(ThrottledError) as refused:
            await client.send(READ)
    assert refused.value.retry_after == timedelta(seconds=7)
    assert limiter.corrected == [("acc", "read", timedelta(seconds=7))]


async def test_refusals_without_a_stated_time_that_come_together_count_as_one() -> None:
    limiter = CountingLimiter()
    full = web.Response(status=429)
    async with (
        serving(answers(full, full, full, {}, full)) as server,
        opened(server.url, limiter) as client,
    ):
        for _ in range(5):
            try:
                await client.send(READ)
            except ThrottledError as error:
                assert error.retry_after == limiter.corrected[-1][2]
    waits = [wait.total_seconds() for _, _, wait in limiter.corrected]
    assert len(waits) == 4
    assert waits[0] == waits[3] == 1
    assert 0.5 < waits[2] < waits[1] < 1


async def test_a_call_is_one_line_without_anything_secret_or_personal() -> None:
    request = Request(
        "write", "PUT", "things/1", {"name": "Noura"}, body=b'{"phone": "500000000"}', order_id="A"
    )
    with structlog.testing.capture_logs() as lines:
        async with serving(answers({"fullName": "Noura"})) as server, opened(server.url) as client:
            await client.send(request)
    assert len(lines) == 1
    line = lines[0]
    assert line["event"] == "channel_call"
    assert (line["channel"], line["account"], line["operation"]) == ("toy", "acc", "write")
    assert (line["status"], line["outcome"], line["order_id"]) == (200, "ok", "A")
    assert line["sent_bytes"] == len(request.body or b"")
    for secret in ("old-token", "Noura", "500000000", "Bearer"):
        assert secret not in repr(line)


def test_requests_and_responses_show_neither_headers_nor_bodies() -> None:
    request = READ.with_headers({"Authorization": "Bearer old-token"})
    response = Response(200, {"set-cookie": "old-token"}, b"Noura")
    for secret in ("old-token", "Noura"):
        assert secret not in repr(request) + repr(response)


async def test_the_correlation_id_is_that_of_the_work() -> None:
    async with serving(answers({})) as server, opened(server.url) as client:
        with structlog.contextvars.bound_contextvars(correlation_id="c-1\r\nX-Bad: 1 ن"):
            await client.send(READ)
        await client.send(READ)
    bound, made = (c.headers["x-correlation-id"] for c in server.came)
    assert bound == "c-1X-Bad:1"
    assert len(made) == 32


async def test_a_caller_who_goes_away_is_told_to_the_observers(calls: list[CallRecord]) -> None:
    async with serving(sleeps) as server, opened(server.url) as client:
        task = asyncio.create_task(client.send(READ))
        while not server.came:  # noqa: ASYNC110 - bounded by the read timeout
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert [c.outcome for c in calls] == ["interrupted"]


async def test_an_id_from_outside_stays_in_its_place() -> None:
    path = path_of("orders", "../../admin?x=1", "ن")
    assert path == "orders/..%2F..%2Fadmin%3Fx%3D1/%D9%86"
    async with serving(answers({})) as server, opened(f"{server.url}/base/") as client:
        await client.send(Request("read", "GET", path, {"q": "a+b&c= d"}))
    assert server.came[0].path == "/base/orders/..%2F..%2Fadmin%3Fx%3D1/%D9%86"
    assert server.came[0].query == {"q": "a+b&c= d"}


async def test_a_page_for_people_is_nobodys_answer() -> None:
    page = web.Response(text="<h1>Welcome to the hotel</h1>", content_type="text/html")
    error, _ = await failure(answers(page), READ)
    assert isinstance(error, UnavailableError) and "somebody else has answered" in error.message
    error, _ = await failure(answers(page), WRITE)
    assert isinstance(error, AmbiguousError) and error.order_id == "A-1"
