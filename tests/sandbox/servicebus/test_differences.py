"""The list of differences names everything that the SDK offers."""

from pathlib import Path

import azure.servicebus.aio as sdk
import pytest
from azure.servicebus import ServiceBusMessageBatch, ServiceBusReceivedMessage
from azure.servicebus.management import ServiceBusAdministrationClient

DOCUMENT = Path(__file__).parents[3] / "docs" / "servicebus.md"
SURFACE = (
    sdk.ServiceBusClient,
    sdk.ServiceBusSender,
    sdk.ServiceBusReceiver,
    sdk.ServiceBusSession,
    sdk.AutoLockRenewer,
    ServiceBusMessageBatch,
    ServiceBusReceivedMessage,
    ServiceBusAdministrationClient,
)


@pytest.mark.parametrize("kind", SURFACE, ids=lambda kind: kind.__name__)
def test_every_operation_is_listed(kind: type) -> None:
    text = DOCUMENT.read_text()
    sections = [part for part in text.split("\n### ") if kind.__name__ in part.split("\n", 1)[0]]
    assert len(sections) == 1, f"one section for {kind.__name__}"
    missing = [
        name for name in dir(kind) if not name.startswith("_") and f"`{name}`" not in sections[0]
    ]
    assert not missing
    rows = [row for row in sections[0].splitlines() if row.startswith("| ") and "---" not in row]
    assert rows
    for row in rows[1:]:
        if row.strip("| "):
            assert row.split("|")[-3].strip() in {"works", "differs", "refuses"}, row
