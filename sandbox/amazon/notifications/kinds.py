"""The notification types that are sent here, and the two casings of their envelopes (section 3)."""

from dataclasses import dataclass
from typing import Any

from sandbox.amazon.stamps import iso

ORDER_CHANGE = "ORDER_CHANGE"
FBA_INVENTORY = "FBA_INVENTORY_AVAILABILITY_CHANGES"
REPORT_FINISHED = "REPORT_PROCESSING_FINISHED"
FEED_FINISHED = "FEED_PROCESSING_FINISHED"


@dataclass(frozen=True)
class Kind:
    """How one type is written."""

    payload_version: str
    camel: bool = False
    metadata: bool = True


KINDS: dict[str, Kind] = {
    ORDER_CHANGE: Kind("1.0"),
    # The schema lists no NotificationMetadata; the version is ASSUMED.
    FBA_INVENTORY: Kind("1.0", metadata=False),
    REPORT_FINISHED: Kind("2020-09-04", camel=True),
    FEED_FINISHED: Kind("2020-09-04", camel=True),
    # Known to the API and never sent here.
    "ANY_OFFER_CHANGED": Kind("1.0"),
    "FULFILLMENT_ORDER_STATUS": Kind("1.0"),
}

EVENT_BRIDGE_ONLY = frozenset(
    {
        "LISTINGS_ITEM_STATUS_CHANGE",
        "LISTINGS_ITEM_ISSUES_CHANGE",
        "LISTINGS_ITEM_MFN_QUANTITY_CHANGE",
    }
)
"""Types that cannot go to a queue."""


def envelope(
    notification_type: str,
    payload: dict[str, Any],
    happened_at: int,
    ids: dict[str, str],
    published_at: int,
) -> dict[str, Any]:
    """The message as it is put on the queue.

    Args:
        notification_type: A key of KINDS.
        payload: In the type's own casing.
        happened_at: When the fact came about.
        ids: applicationId, subscriptionId and notificationId.
        published_at: When it is sent.
    """
    kind = KINDS[notification_type]
    whole: dict[str, Any] = {
        "notificationVersion": kind.payload_version if kind.camel else "1.0",
        "notificationType": notification_type,
        "payloadVersion": kind.payload_version,
        "eventTime": iso(happened_at),
        "payload": payload,
    }
    if kind.metadata:
        whole["notificationMetadata"] = {**ids, "publishTime": iso(published_at)}
    if kind.camel:
        return whole
    pascal = {_pascal(name): value for name, value in whole.items()}
    if kind.metadata:
        metadata = whole["notificationMetadata"]
        pascal["NotificationMetadata"] = {_pascal(name): metadata[name] for name in metadata}
    return pascal


def _pascal(name: str) -> str:
    return name[0].upper() + name[1:]
