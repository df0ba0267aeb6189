"""`python -m sandbox.aws.poller`: event source mappings, and their functions as processes.

The file of mappings: `{"functions": [{"name", "handler", "queue", "batch_size", "window_s",
"timeout_s", "concurrency", "environment"}]}`. Prints `{"event": "listening"}` once it polls.
"""

import argparse
import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, Field

from sandbox.aws.event_source import EventSource, Mapping
from sandbox.aws.function import AWSLAMBDARIC, OWN, Function
from sandbox.aws.resources import client


class FunctionFacts(BaseModel):
    """A function with its queue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    handler: str
    queue: str
    batch_size: int = Field(default=10, ge=1, le=10_000)
    window_s: float = Field(default=0.0, ge=0, le=300)
    timeout_s: float = Field(default=30.0, gt=0, le=900)
    concurrency: int = Field(default=1, ge=1, le=1_000)
    environment: dict[str, str] = {}


class Functions(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    functions: tuple[FunctionFacts, ...] = Field(min_length=1)


def main() -> None:
    """Reads the command line and polls."""
    parser = argparse.ArgumentParser(prog="sandbox.aws.poller", description=__doc__)
    parser.add_argument("--endpoint", required=True, help="where SQS is")
    parser.add_argument("--config", type=Path, required=True, help="functions, JSON")
    parser.add_argument("--root", default="", help="the functions' unpacked package")
    parser.add_argument("--awslambdaric", action="store_true", help="run handlers by it")
    options = parser.parse_args()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    declared = Functions.model_validate_json(options.config.read_text(encoding="utf-8"))
    runtime = AWSLAMBDARIC if options.awslambdaric else OWN
    functions: list[Function] = []
    sources: list[EventSource] = []
    sqs = client("sqs", options.endpoint)
    for facts in declared.functions:
        mapping = Mapping(facts.queue, facts.batch_size, facts.window_s)
        for _ in range(facts.concurrency):
            function = Function(
                facts.name,
                facts.handler,
                facts.environment,
                timeout_s=facts.timeout_s,
                runtime=runtime,
                root=options.root,
            )
            functions.append(function)
            sources.append(EventSource(sqs, mapping, function, facts.timeout_s))
    for source in sources:
        await source.check()
    tasks = [asyncio.create_task(source.run()) for source in sources]
    sys.stdout.write(json.dumps({"event": "listening"}) + "\n")
    sys.stdout.flush()
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({stopped, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(*(function.stop() for function in functions))
    for task in tasks:
        if not task.cancelled() and (error := task.exception()):
            raise error


if __name__ == "__main__":
    main()
