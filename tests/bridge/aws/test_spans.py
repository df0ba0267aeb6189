"""Traces: one span a message, and within it the send."""

import json
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bridge.aws import forwarding, function
from bridge.aws.clients import Aws
from bridge.aws.config import IngressConfig
from bridge.aws.record import QueueRecord
from bridge.aws.set_aside import SetAside, wait
from bridge.aws.told import ToldReader
from bridge.bus import ServiceBus
from bridge.claims import NoClaims
from tests.bridge.aws.harness import NOTIFICATIONS, Cloud, environment
from tests.bridge.aws.messages import order_change, text
from tests.bridge.aws.test_package import event
from tests.bridge.messages import events


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    for module in (function, forwarding):
        monkeypatch.setattr(module, "TRACER", provider.get_tracer("test"))
    return exporter


async def test_a_message_is_a_span_with_the_send_within_it(
    bus: ServiceBus, cloud: Cloud, spans: InMemorySpanExporter
) -> None:
    given = environment(cloud, "")["SOUK_INGRESS"]
    config = IngressConfig.model_validate_json(given)
    forwarder = forwarding.Forwarder(bus, NoClaims(), config.channel)
    aside = SetAside(config, Aws(cloud.url, "eu-west-1"))
    invocation = function._Invocation(config, ToldReader(config), forwarder, aside, 10)
    raw: Any = event(NOTIFICATIONS, text(order_change("408-5555555-5555555")))["Records"]
    record = QueueRecord.of(raw[0])
    await invocation.take(record)
    (came,) = await events(bus, "amazon-inbound", 1)
    assert came.correlation_id == record.correlation_id
    send, process = spans.get_finished_spans()
    assert (send.name, process.name) == ("send amazon-inbound", f"process {NOTIFICATIONS}")
    assert send.parent is not None
    assert send.parent.span_id == process.context.span_id
    assert process.attributes is not None
    assert process.attributes["messaging.system"] == "aws_sqs"
    assert process.attributes["souk.correlation_id"] == came.correlation_id
    assert "408-5555555" not in json.dumps(dict(process.attributes)), "no order in a trace"


def test_waits_after_an_outage_grow_and_end() -> None:
    assert [wait(n) for n in (1, 2, 3, 50)] == [5, 10, 20, 300]
