"""The declaration of all entities of the bus, generated from the channel registry."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from activities.signatures.start import (
    COMMANDS_QUEUE,
    ORDERS_TOPIC,
    backfill_queue,
    inbound_queue,
)
from canonical.events import DocumentEventKind, OrderEventKind, ParcelEventKind

CATCH_ALL = "catch-all"
EventKind = OrderEventKind | ParcelEventKind | DocumentEventKind
SUBSCRIPTIONS: Mapping[str, frozenset[EventKind]] = {
    "erp": frozenset[EventKind]({*OrderEventKind, *ParcelEventKind}),
    "finance": frozenset[EventKind](DocumentEventKind),
}
"""Each internal system and the kinds of events that it is told."""

LOCK = timedelta(seconds=30)
DELIVERIES = 10
"""The broker's last resort; what is wrong with a message is dead-lettered by us before."""
TIME_TO_LIVE = timedelta(days=14)
"""Long enough for an outage over a holiday; personal data does not lie on the bus for longer."""


def entities(channels: Iterable[str]) -> tuple[str, ...]:
    """All that messages are received from: queues, and subscriptions as `topic/Subscriptions/x`."""
    queues = [q(c) for c in channels for q in (inbound_queue, backfill_queue)]
    subscriptions = [f"{ORDERS_TOPIC}/Subscriptions/{s}" for s in (*SUBSCRIPTIONS, CATCH_ALL)]
    return (*queues, COMMANDS_QUEUE, *subscriptions)


def declaration(channels: Iterable[str], *, lock_duration: timedelta = LOCK) -> dict[str, Any]:
    """The namespace as plain mappings, durations in ISO 8601.

    Every queue and subscription dead-letters what expires. A topic drops silently what no rule
    matches, so the catch-all's rule is the others' denied. It asks for NULL on its own: in the
    filter language a comparison with a missing property is unknown, and so is its denial.

    Args:
        channels: Names of the registered channels.
        lock_duration: How long a received message is locked, 5 minutes at most.
    """
    common = {
        "lock_duration": iso_duration(lock_duration),
        "max_delivery_count": DELIVERIES,
        "default_ttl": iso_duration(TIME_TO_LIVE),
        "dead_lettering_on_expiration": True,
    }
    queues = [q(c) for c in channels for q in (inbound_queue, backfill_queue)]
    subscriptions = {
        name: {**common, "rules": {"kinds": {"sql": f"kind IN ({_quoted(kinds)})"}}}
        for name, kinds in SUBSCRIPTIONS.items()
    }
    told = frozenset(kind for kinds in SUBSCRIPTIONS.values() for kind in kinds)
    rest = f"kind IS NULL OR kind NOT IN ({_quoted(told)})"
    subscriptions[CATCH_ALL] = {**common, "rules": {"rest": {"sql": rest}}}
    return {
        "queues": {
            **{name: dict(common) for name in queues},
            COMMANDS_QUEUE: {**common, "requires_session": True},
        },
        "topics": {ORDERS_TOPIC: {"subscriptions": subscriptions}},
    }


def iso_duration(duration: timedelta) -> str:
    """`PT30S` for 30 seconds; whole milliseconds at the finest."""
    milliseconds = duration // timedelta(milliseconds=1)
    seconds, rest = divmod(milliseconds, 1000)
    return f"PT{seconds}.{rest:03}S" if rest else f"PT{seconds}S"


def _quoted(kinds: Iterable[EventKind]) -> str:
    return ", ".join(f"'{kind.value}'" for kind in sorted(kinds))
