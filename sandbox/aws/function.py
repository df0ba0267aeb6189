"""A function: a process of its own, started when needed, kept warm, and replaced when gone."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

import structlog

from sandbox.aws.runtime_api import FunctionError, RuntimeApi

OWN = (sys.executable, "-m", "sandbox.aws.runtime")
AWSLAMBDARIC = (sys.executable, "-m", "awslambdaric")
STARTS_WITHIN_S = 60.0

log = structlog.get_logger()


class Function:
    """One execution environment."""

    def __init__(
        self,
        name: str,
        handler: str,
        environment: Mapping[str, str],
        *,
        timeout_s: float,
        runtime: tuple[str, ...] = OWN,
        root: str = "",
    ) -> None:
        """Starts nothing yet.

        Args:
            name: The function's.
            handler: `package.module.function`.
            environment: Its variables, besides Lambda's own and a path.
            timeout_s: After which an invocation is broken off.
            runtime: The program that runs the handler.
            root: The unpacked package; the working directory where it is empty.
        """
        self._name = name
        self._command = (*runtime, handler)
        self._environment = dict(environment)
        self._timeout_s = timeout_s
        self._root = root or os.getcwd()  # noqa: PTH109 - text for a variable
        self._api: RuntimeApi | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None
        self.cold_starts_s: list[float] = []
        """From the start of the process to its first question."""

    async def invoke(self, event: dict[str, Any]) -> Any:
        """The handler's answer.

        Raises:
            FunctionError: It raised, ended, did not start, or took too long.
        """
        api = await self._warm()
        try:
            return await api.invoke(event, self._timeout_s)
        except TimeoutError:
            await self.stop()
            raise FunctionError(f"Task timed out after {self._timeout_s:g} seconds") from None

    async def stop(self) -> None:
        """Ends the process at once, as Lambda does."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()
        if self._watcher is not None:
            await self._watcher
        if self._api is not None:
            await self._api.close()
            self._api = None

    async def _warm(self) -> RuntimeApi:
        if self._process is not None and self._process.returncode is None and self._api:
            return self._api
        await self.stop()
        began = time.monotonic()
        self._api = api = RuntimeApi(self._name)
        address = await api.start()
        self._process = await asyncio.create_subprocess_exec(
            *self._command, cwd=self._root, env=self._variables(address), stdout=sys.stderr.fileno()
        )
        self._watcher = asyncio.create_task(self._watch(self._process, api))
        asked = asyncio.create_task(api.asked.wait())
        await asyncio.wait(
            {asked, self._watcher},
            return_when=asyncio.FIRST_COMPLETED,
            timeout=STARTS_WITHIN_S,
        )
        asked.cancel()
        if not api.asked.is_set():
            await self.stop()
            raise FunctionError(f"{self._name} did not start: {api.init_error or 'see its output'}")
        self.cold_starts_s.append(time.monotonic() - began)
        log.info("function_started", function=self._name, seconds=self.cold_starts_s[-1])
        return api

    async def _watch(self, process: asyncio.subprocess.Process, api: RuntimeApi) -> None:
        code = await process.wait()
        api.broken_off(f"Runtime exited ({code})")

    def _variables(self, address: str) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": self._root,
            "PYTHONUNBUFFERED": "1",
            "AWS_REGION": "eu-west-1",
            "AWS_LAMBDA_RUNTIME_API": address,
            "AWS_LAMBDA_FUNCTION_NAME": self._name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "LAMBDA_TASK_ROOT": self._root,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            **self._environment,
        }
