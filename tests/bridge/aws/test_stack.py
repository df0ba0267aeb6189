"""The embedded stack's part of AWS, made of what a channel's sandbox and package say."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bridge.bus import ServiceBus
from channels.registry import Row, rows
from tests.bridge.aws.harness import Child, Cloud
from tests.bridge.aws.messages import order_change, text
from tests.bridge.messages import events
from tests.sandbox.servicebus.program import Program
from workers.settings import AwsSettings
from workers.stack.cloud import Cloud as StackCloud
from workers.stack.folder import DataFolder
from workers.stack.parts import Pace, Parts
from workers.stack.ports import Ports
from workers.stack.sandboxes import DemoChannel, demo_channel

ROW = Row("amazon", "channels.amazon", "sandbox.amazon", "channels.amazon.ingress")


@pytest.fixture
async def channel(monkeypatch: pytest.MonkeyPatch) -> DemoChannel:
    """A registered channel whose marketplace writes to a queue."""
    registered = {**rows(), ROW.name: ROW}
    for module in ("channels.registry", "channels.ingress", "workers.stack.cloud"):
        monkeypatch.setattr(f"{module}.rows", lambda: registered)
    return await demo_channel(ROW, 9)


@pytest.fixture
async def running(
    channel: DemoChannel, broker: Program, tmp_path: Path
) -> AsyncIterator[tuple[StackCloud, dict[str, Any]]]:
    ports = Ports(tmp_path / "ports.json", {})
    cloud = StackCloud([channel], ports.of("aws"))
    parts = Parts(DataFolder(tmp_path / "stack"), ports, Pace())
    declaration, functions = tmp_path / "aws.json", tmp_path / "functions.json"
    declaration.write_text(cloud.declaration())
    functions.write_text(cloud.functions(broker.connection_string()))
    started = []
    for part in (parts.aws(declaration), parts.event_source(cloud.endpoint, functions)):
        started.append(await Child(part.name, part.argv[1:], tmp_path).start())
        assert started[-1].said["event"] == part.ready_event
    yield cloud, cloud.settings()
    for child in reversed(started):
        await child.stop()


async def test_notifications_and_files_of_each_demo_account_reach_the_bus(
    bus: ServiceBus, channel: DemoChannel, running: tuple[StackCloud, dict[str, Any]]
) -> None:
    cloud, said = running
    settings = AwsSettings.model_validate(said)
    assert len(settings.queues) == 2
    aws = Cloud(Child("none", (), Path()), cloud.endpoint)
    for account in channel.accounts:
        arn = account.options["queue_arn"]
        (url,) = {q.url for q in settings.queues if q.url.endswith(arn.rpartition(":")[2])}
        body = text(order_change(seller=account.options["seller_id"]))
        aws.client("sqs").send_message(QueueUrl=url, MessageBody=body)
        bucket, _, folder = account.objects[0].removeprefix("s3://").partition("/")
        await aws.put(f"{folder}file.xml", b"<x/>", bucket)
    came = await events(bus, "amazon-inbound", 2 * len(channel.accounts))
    orders = {e.account for e in came if e.order_id}
    files = {e.account for e in came if e.subject.startswith("object:")}
    assert orders == files == {account.account for account in channel.accounts}


async def test_the_marketplaces_account_may_write_to_the_queue(channel: DemoChannel) -> None:
    declared = json.loads(StackCloud([channel], 1).declaration())
    senders = {queue["name"]: queue.get("senders", []) for queue in declared["queues"]}
    assert senders == {
        "souk-amazon-notifications": ["437568002678"],
        "souk-amazon-files": [],
    }
