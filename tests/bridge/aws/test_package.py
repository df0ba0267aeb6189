"""The package as Lambda would run it: unpacked, by Lambda's own client, with nothing else."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bridge.bus import ServiceBus
from sandbox.aws.function import Function
from sandbox.aws.resources import arn
from tests.bridge.aws.harness import (
    FILE_HANDLER,
    FILES,
    NOTIFICATION_HANDLER,
    NOTIFICATIONS,
    Cloud,
    environment,
)
from tests.bridge.aws.lambda_like import built, runtime
from tests.bridge.aws.messages import order_change, text
from tests.bridge.messages import events
from tests.sandbox.servicebus.program import Program

LARGEST = 15_000_000
"""Bytes. What a function may be given directly is 50 MB; a cold start pays for each of them."""
RUNS_ALONE = (sys.executable, "-S", "-m", "awslambdaric")
"""Without this environment's packages."""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="awslambdaric has wheels for Linux alone"
)


@pytest.fixture(scope="module")
def package(folder: Path) -> Path:
    unpacked, size = built(folder)
    assert size < LARGEST
    return unpacked


@pytest.fixture(scope="module")
def beside(folder: Path) -> Path:
    return runtime(folder)


@pytest.fixture
async def function(
    package: Path, beside: Path, cloud: Cloud, broker: Program, request: pytest.FixtureRequest
) -> AsyncIterator[Function]:
    queue, handler = request.param
    given = environment(cloud, broker.connection_string(), queue)
    function = Function(
        queue,
        handler,
        given | {"PYTHONPATH": f"{package}:{beside}"},
        timeout_s=30,
        runtime=RUNS_ALONE,
        root=str(package),
    )
    yield function
    await function.stop()


def event(queue: str, *bodies: str) -> dict[str, object]:
    return {
        "Records": [
            {
                "messageId": f"id-{n}",
                "receiptHandle": f"handle-{n}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1795502990000"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": arn(queue),
                "awsRegion": "eu-west-1",
            }
            for n, body in enumerate(bodies)
        ]
    }


@pytest.mark.parametrize("function", [(NOTIFICATIONS, NOTIFICATION_HANDLER)], indirect=True)
async def test_notifications_by_lambdas_own_client(
    function: Function, cloud: Cloud, bus: ServiceBus
) -> None:
    good = text(order_change("408-9999999-0000001"))
    answer = await function.invoke(event(NOTIFICATIONS, good, "{poison"))
    assert answer == {"batchItemFailures": []}
    (came,) = await events(bus, "amazon-inbound", 1)
    assert came.order_id == "408-9999999-0000001"
    assert came.received_at.isoformat() == "2026-11-24T06:49:50+00:00"
    assert set(await cloud.letters(NOTIFICATIONS, 1)) == {"{poison"}


@pytest.mark.parametrize("function", [(FILES, FILE_HANDLER)], indirect=True)
async def test_files_by_lambdas_own_client(function: Function) -> None:
    answer = await function.invoke(event(FILES, '{"Event": "s3:TestEvent"}'))
    assert answer == {"batchItemFailures": []}
