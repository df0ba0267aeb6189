"""One worker process: callers of both lanes that call again and again, by one kind of client.

`python -m tests.bench.quota.worker '{...}'` runs until it is killed.
"""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp
import structlog
from aiolimiter import AsyncLimiter
from tenacity import retry, retry_if_result, wait_random_exponential

from channels.errors import ChannelError, ThrottledError
from channels.http.auth import AuthFlow
from channels.http.client import HttpClient
from channels.http.exchange import Request, Response
from store.limiter import SlotLimiter, SqlRows
from tests.bench.quota.plan import ACCOUNT, CHANNEL, Task, quotas
from workers.limiting import ChannelLimiter

BACKOFF_MOST_S = 10.0
_NOT_NAMED = timedelta(0)
WORKER = {"X-Worker": str(os.getpid())}


def judge(request: Request, response: Response) -> ChannelError | None:
    """429 is the one refusal; no time is named."""
    if response.status == 429:
        return ThrottledError(CHANNEL, ACCOUNT, request.operation, "429", retry_after=_NOT_NAMED)
    return None


class NoAuth:
    """Sends requests as they are."""

    def flow(self, request: Request) -> AuthFlow:
        """The request, once."""
        yield request


async def souk(task: Task) -> None:
    """Our client: HTTP base and limiter as channels use them."""
    slots = SlotLimiter(SqlRows.connect(task.database), {CHANNEL: quotas(task.names)})
    limiter = ChannelLimiter(CHANNEL, slots)
    client = HttpClient(CHANNEL, ACCOUNT, task.url, NoAuth(), limiter, judge)

    async def call(name: str, urgent: bool) -> None:
        try:
            await client.send(Request(name, "GET", f"call/{name}", headers=WORKER, urgent=urgent))
        except ThrottledError as error:
            await asyncio.sleep(error.retry_after.total_seconds())
        except ChannelError:
            await asyncio.sleep(0.5)

    await _callers(task, call)


async def backing_off(task: Task) -> None:
    """A client that knows no quota: it backs off when it is refused."""
    async with _session() as session:

        @retry(
            wait=wait_random_exponential(multiplier=0.5, max=BACKOFF_MOST_S),
            retry=retry_if_result(lambda status: status == 429),
        )
        async def call(name: str, urgent: bool) -> int:
            return await _get(session, task, name)

        async def once(name: str, urgent: bool) -> None:
            await call(name, urgent)

        await _callers(task, once)


async def by_itself(task: Task) -> None:
    """A client with a limiter in each process, which knows the whole quota and nobody else."""
    limiters = {q.name: AsyncLimiter(q.limit, q.per.total_seconds()) for q in quotas(task.names)}
    async with _session() as session:

        async def call(name: str, urgent: bool) -> None:
            async with limiters[name]:
                status = await _get(session, task, name)
            if status == 429:
                await asyncio.sleep(0.5)

        await _callers(task, call)


async def _get(session: aiohttp.ClientSession, task: Task, name: str) -> int:
    async with session.get(f"{task.url}/call/{name}", headers=WORKER) as answer:
        await answer.read()
        return answer.status


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))


async def _callers(task: Task, call: Callable[[str, bool], Awaitable[None]]) -> None:
    async def caller(name: str, urgent: bool) -> None:
        while True:
            await call(name, urgent)

    async with asyncio.TaskGroup() as group:
        for name in task.names:
            for urgent in (False, True):
                for _ in range(task.callers):
                    group.create_task(caller(name, urgent))


CLIENTS = {"souk": souk, "tenacity": backing_off, "aiolimiter": by_itself}

if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    given = json.loads(sys.argv[1])
    todo = Task(**given | {"names": tuple(given["names"])})
    asyncio.run(CLIENTS[todo.client](todo))
