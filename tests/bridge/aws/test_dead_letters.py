"""`souk dlq` on a queue of SQS: listed, shown, sent again once the cause is mended."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import yaml

from bridge.bus import ServiceBus
from tests.bridge.aws.harness import NOTIFICATIONS, Child, Cloud
from tests.bridge.aws.messages import order_change, text
from tests.bridge.messages import events
from tests.sandbox.servicebus.program import Program

ENTITY = f"sqs/{NOTIFICATIONS}-dlq"


async def souk(settings: Path, *words: str, code: int = 0) -> Any:
    """Runs a command and gives what it says as JSON."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "workers.cli", "dlq", *words),
        *("--config", str(settings), "--json"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == code, err.decode()
    return json.loads(out) if out else err.decode()


async def test_listed_shown_and_sent_again(
    bus: ServiceBus, broker: Program, cloud: Cloud, poller: Child, tmp_path: Path
) -> None:
    settings = tmp_path / "souk.yaml"
    queue = {
        "url": cloud.queue_url(NOTIFICATIONS),
        "dead_letters_url": cloud.queue_url(f"{NOTIFICATIONS}-dlq"),
    }
    facts = {
        "database_url": "postgresql+asyncpg://nobody@localhost/nothing",
        "bus": {"connection_string": broker.connection_string()},
        "aws": {"endpoint": cloud.url, "region": "eu-west-1", "queues": [queue]},
        "accounts": [{"channel": "trendyol", "account": "riyadh", "options": {}}],
    }
    settings.write_text(yaml.safe_dump(facts))
    foreign = text(order_change("408-7777777-7777777", seller="A9FOREIGNSELLR"))
    mended = text(order_change("408-8888888-8888888"))
    await cloud.send(NOTIFICATIONS, foreign)
    # As SQS itself redrives: without any attribute.
    await cloud.send(f"{NOTIFICATIONS}-dlq", mended)
    await cloud.dead(NOTIFICATIONS, 2)

    listed = await souk(settings, "list")
    ours = {x["reason"]: x for x in listed if x["entity"] == ENTITY}
    assert set(ours) == {"unknown_account", "MaxDeliveryCountExceeded"}
    assert ours["unknown_account"]["properties"]["order_id"] == "408-7777777-7777777"
    assert "A9FOREIGNSELLR" in ours["unknown_account"]["description"]
    number = ours["MaxDeliveryCountExceeded"]["sequence_number"]
    assert (await souk(settings, "show", ENTITY, str(number)))["body"] == mended

    done = await souk(settings, "replay", ENTITY, str(number))
    assert (done["sent"], done["missing"]) == ([number], [])
    (came,) = await events(bus, "amazon-inbound", 1)
    assert came.order_id == "408-8888888-8888888"
    first = ours["MaxDeliveryCountExceeded"]["enqueued_at"]
    assert came.received_at.isoformat() == first.replace("Z", "+00:00"), "its time is kept"
    assert [x["reason"] for x in await souk(settings, "list", "--entity", ENTITY)] == [
        "unknown_account"
    ]

    missing = await souk(settings, "replay", ENTITY, "12345", code=1)
    assert missing["missing"] == [12345]
    # Its cause stands: it comes back with the same reason, and no sooner time.
    before = ours["unknown_account"]["properties"]["received_at"]
    await souk(settings, "replay", ENTITY, "--reason", "unknown_account")
    await cloud.dead(NOTIFICATIONS, 1)
    (again,) = (await cloud.letters(NOTIFICATIONS, 1)).values()
    assert (again["reason"], again["received_at"]) == ("unknown_account", before)
