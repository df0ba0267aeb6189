"""An action without a clear answer may have been applied: it is read back, not repeated."""

import pytest
from aiohttp import web

from channels.errors import AmbiguousError, ThrottledError
from channels.port import Seen
from tests.channels.servers import Answer, CountingLimiter, answers, cuts, serving, sleeps
from tests.channels.trendyol.acting import ACCEPT, ORDER, READY, performed, writes_and_reads
from tests.channels.trendyol.samples import channel, opened, package


@pytest.mark.parametrize("answer", [cuts, sleeps], ids=["cut", "silence"])
async def test_a_lost_answer_is_ambiguous(answer: Answer) -> None:
    async with serving(answer) as server:
        one = channel(base_url=server.url, read=0.2)
        with pytest.raises(AmbiguousError) as error:
            await one.perform(ACCEPT)
        await one.close()
    assert error.value.order_id == ORDER
    assert len(server.came) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_fault_after_a_write_is_ambiguous(status: int) -> None:
    with pytest.raises(AmbiguousError):
        await performed(ACCEPT, answers(web.Response(status=status)))


async def test_a_refusal_for_quota_is_throttled_even_after_a_write() -> None:
    limiter = CountingLimiter()
    full = web.json_response({"error": "too.many.requests", "message": "slow"}, status=429)
    with pytest.raises(ThrottledError):
        await performed(ACCEPT, answers(full), limiter)
    assert [operation for _, operation, _ in limiter.corrected] == ["package_status"]


async def test_a_lost_answer_is_read_back() -> None:
    async with (
        serving(writes_and_reads(cuts, package(status="Picking"))) as server,
        opened(server.url) as one,
    ):
        with pytest.raises(AmbiguousError):
            await one.perform(ACCEPT)
        assert await one.read_back(ACCEPT) is Seen.APPLIED
        assert await one.read_back(READY) is Seen.NOT_APPLIED
    assert [c.method for c in server.came] == ["PUT", "GET", "GET"]
