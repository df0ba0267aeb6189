"""Lambda's runtime API for one function's process: it fetches an event and says what came of it.

Source: "Using the Lambda runtime API" of the AWS Lambda developer guide.
"""

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

VERSION = "/2018-06-01/runtime"
FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:{name}"
LARGEST_EVENT = 6 * 1024 * 1024


class FunctionError(Exception):
    """The function raised, ended, or took too long; nothing of its batch counts as done."""


@dataclass
class _Invocation:
    event: dict[str, Any]
    deadline_ms: int
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    answer: asyncio.Future[Any] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class RuntimeApi:
    """Hands out one event at a time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: asyncio.Queue[_Invocation] = asyncio.Queue()
        self._open: dict[str, _Invocation] = {}
        self._runner: web.AppRunner | None = None
        self.asked = asyncio.Event()
        """Set once the function has started and asks for its first event."""
        self.init_error = ""

    async def start(self) -> str:
        """Listens; returns what AWS_LAMBDA_RUNTIME_API is to be."""
        app = web.Application(client_max_size=LARGEST_EVENT * 2)
        app.router.add_get(f"{VERSION}/invocation/next", self._next)
        app.router.add_post(f"{VERSION}/invocation/{{id}}/response", self._response)
        app.router.add_post(f"{VERSION}/invocation/{{id}}/error", self._error)
        app.router.add_post(f"{VERSION}/init/error", self._init_error)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def invoke(self, event: dict[str, Any], timeout_s: float) -> Any:
        """Hands an event over and returns the handler's answer.

        Raises:
            FunctionError: The handler raised.
            TimeoutError: No answer in time.
        """
        invocation = _Invocation(event, int((time.time() + timeout_s) * 1000))
        self._open[invocation.id] = invocation
        await self._waiting.put(invocation)
        try:
            async with asyncio.timeout(timeout_s):
                return await invocation.answer
        finally:
            self._open.pop(invocation.id, None)

    def broken_off(self, why: str) -> None:
        """The process is gone: whoever waits for it hears so."""
        for invocation in self._open.values():
            if not invocation.answer.done():
                invocation.answer.set_exception(FunctionError(why))

    async def _next(self, _: web.Request) -> web.Response:
        self.asked.set()
        invocation = await self._waiting.get()
        return web.Response(
            body=json.dumps(invocation.event).encode(),
            # Without a charset: Lambda's own client reads JSON only where nothing else stands.
            content_type="application/json",
            headers={
                "Lambda-Runtime-Aws-Request-Id": invocation.id,
                "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": FUNCTION_ARN.format(name=self._name),
                "Lambda-Runtime-Trace-Id": "",
            },
        )

    async def _response(self, request: web.Request) -> web.Response:
        text = await request.text()
        invocation = self._open.get(request.match_info["id"])
        if invocation is not None and not invocation.answer.done():
            invocation.answer.set_result(json.loads(text) if text else None)
        return web.json_response({"status": "OK"}, status=202)

    async def _error(self, request: web.Request) -> web.Response:
        text = await request.text()
        invocation = self._open.get(request.match_info["id"])
        if invocation is not None and not invocation.answer.done():
            invocation.answer.set_exception(FunctionError(text[:2_000]))
        return web.json_response({"status": "OK"}, status=202)

    async def _init_error(self, request: web.Request) -> web.Response:
        self.init_error = (await request.text())[:2_000]
        return web.json_response({"status": "OK"}, status=202)
