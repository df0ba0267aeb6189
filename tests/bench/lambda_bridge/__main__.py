"""`make bench-lambda`: cold starts of the package, and messages a second through its handler.

The package is unpacked and run by Lambda's own client, with nothing of this environment but what
Lambda's runtime has; what it sends to is the broker of the sandbox, on this machine. Beside it, the
bare SDK sends the same bodies in batches of the same size.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient

from sandbox.aws.function import Function
from tests.bridge.aws.harness import (
    CHANNEL,
    NOTIFICATION_HANDLER,
    NOTIFICATIONS,
    Cloud,
    declaration,
    environment,
)
from tests.bridge.aws.lambda_like import built, runtime
from tests.bridge.aws.messages import order_change, text
from tests.bridge.aws.test_package import RUNS_ALONE, event
from tests.bridge.marketplaces import declared
from tests.sandbox.servicebus.program import Program

QUEUE = f"{CHANNEL}-inbound"


async def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="tests.bench.lambda_bridge", description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000, help="for each size of batch")
    parser.add_argument("--cold", type=int, default=5, help="cold starts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        package, size = await asyncio.to_thread(built, folder)
        say("package", f"{size / 1e6:.1f} MB")
        broker = await Program(declared([CHANNEL]), folder / "bus").start()
        cloud = await Cloud.start(folder, declaration())
        try:
            await _measure(options, folder, package, cloud, broker)
        finally:
            await cloud.child.stop()
            await broker.stop()


async def _measure(
    options: argparse.Namespace, folder: Path, package: Path, cloud: Cloud, broker: Program
) -> None:
    given = environment(cloud, broker.connection_string())
    # As where the package lies read-only; the runtime's own packages are compiled there.
    given |= {"PYTHONPATH": f"{package}:{runtime(folder)}", "PYTHONDONTWRITEBYTECODE": "1"}
    function = Function(
        NOTIFICATIONS,
        NOTIFICATION_HANDLER,
        given,
        timeout_s=30,
        runtime=RUNS_ALONE,
        root=str(package),
    )
    first = []
    for number in range(options.cold):
        await function.stop()
        began = time.monotonic()
        await function.invoke(event(NOTIFICATIONS, body(number)))
        first.append(time.monotonic() - began)
    starts = function.cold_starts_s
    say("cold start", f"{_spread(starts)}, until the function asks for its first event")
    say("first message", f"{_spread(first)}, cold start and a new connection to the bus included")
    for batch in (10, 100):
        rate = await _handler_rate(function, options.messages, batch)
        bare = await _bare_rate(broker, options.messages, batch)
        words = f"{rate:.0f} messages/s; the bare SDK {bare:.0f}/s ({rate / bare:.0%})"
        say(f"batches of {batch}", words)
    await function.stop()


async def _handler_rate(function: Function, messages: int, batch: int) -> float:
    events = [
        event(NOTIFICATIONS, *(body(start + n) for n in range(batch)))
        for start in range(0, messages, batch)
    ]
    began = time.monotonic()
    for each in events:
        answer = await function.invoke(each)
        if answer != {"batchItemFailures": []}:
            raise SystemExit(f"messages failed: {answer}")
    return messages / (time.monotonic() - began)


async def _bare_rate(broker: Program, messages: int, batch: int) -> float:
    async with (
        ServiceBusClient.from_connection_string(broker.connection_string()) as client,
        client.get_queue_sender(QUEUE) as sender,
    ):
        await sender.send_messages(ServiceBusMessage(body(0)))
        began = time.monotonic()
        for start in range(0, messages, batch):
            await sender.send_messages([ServiceBusMessage(body(start + n)) for n in range(batch)])
        return messages / (time.monotonic() - began)


def body(number: int) -> str:
    """A notification of an order of its own."""
    return text(order_change(f"408-{number:07d}-1111111"))


def say(what: str, words: str) -> None:
    """One line."""
    sys.stdout.write(f"{what + ':':<18}{words}\n")
    sys.stdout.flush()


def _spread(seconds: list[float]) -> str:
    return (
        f"{statistics.median(seconds) * 1000:.0f} ms"
        f" ({min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f} in {len(seconds)})"
    )


if __name__ == "__main__":
    asyncio.run(main())
