"""Accounts and events for the bridge's tests: a real channel, under a name of the test's own.

Each test takes another name and so has queues to itself.
"""

import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from bridge.bus.declaration import declaration
from canonical.envelope import InboundEvent, Source
from channels.port import Channel
from channels.registry import package
from workers.limiting import NoCalls

CASES = Path(__file__).parent.parent / "cases"
REAL = "trendyol"
"""For tests that record orders: what the channel maps bears its own name."""
WORKED = ("market3", "market4")
"""Their queues, and the real one's, are worked off all the time."""
NAMES = (REAL, *(f"market{n}" for n in range(7)))
BRIEFLY_LOCKED = "market6"
LOCK = timedelta(seconds=5)
ACCOUNT = "riyadh"
KEY = "long-random-key"


def declared(names: Collection[str]) -> dict[str, Any]:
    """The platform's declaration, with a lock that runs out within a test.

    The real channel's queues also drop repeated message ids, as an operator may choose.
    """
    d = declaration(names, lock_duration=LOCK)
    if BRIEFLY_LOCKED in names:
        d["queues"][f"{BRIEFLY_LOCKED}-inbound"]["lock_duration"] = "PT2S"
    for queue in (f"{REAL}-inbound", f"{REAL}-backfill"):
        if queue in d["queues"]:
            d["queues"][queue]["duplicate_detection_window"] = "PT10M"
    return d


def account(name: str, account: str = ACCOUNT) -> Channel:
    """One open account; nothing is called at its marketplace."""
    market = package("trendyol")
    options = market.AccountOptions(
        seller_id="900123", api_key="key", api_secret="secret", webhook_key=KEY
    )
    channel = market.connect(account, options, NoCalls(name))
    channel.name = name
    return channel


def hook(number: int, *, modified: int = 1795502990000, **changes: Any) -> bytes:
    """A readable webhook body: one new order of its own for each number."""
    body = json.loads((CASES / "H16-trendyol-webhook-body.json").read_text())
    body |= {
        "shipmentPackageId": 3300000000 + number,
        "orderNumber": str(10600000000 + number),
        "lastModifiedDate": modified,
    }
    return json.dumps(body | changes).encode()


def event(channel: Channel, body: bytes) -> InboundEvent:
    """The event that the receiver would make of a body."""
    (raw,) = channel.split_webhook(body)
    identity = raw.identity
    return InboundEvent(
        channel=channel.name,
        account=channel.account,
        event_id=identity.event_id if identity else f"message:{uuid4()}",
        order_id=identity.order_id if identity else None,
        source=Source.POLL,
        received_at=datetime.now(UTC),
        correlation_id=uuid4().hex,
        body=body,
    )
