"""Labels that came for a `label` command, as the ERP's printing station keeps them."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from sandbox.erp.book import Book
from sandbox.erp.keys import Ref

LABEL = "parcel.label"


@dataclass(frozen=True)
class HeardLabel:
    """The answer to one command: labels, one for each box, or why there is none."""

    event_id: str
    ref: Ref
    parcel_id: str
    command_id: str
    labels: tuple[dict[str, str], ...]
    refused: str


def heard_label(event: dict[str, Any]) -> HeardLabel:
    """Reads the event, whose schema and kind are known to fit.

    Raises:
        KeyError: A field is missing.
        ValueError: A label is neither a link nor Base64, or there is neither label nor refusal.
    """
    found = HeardLabel(
        event_id=str(event["event_id"]),
        ref=Ref.of(event["ref"]),
        parcel_id=str(event["parcel_id"]),
        command_id=str(event["command_id"]),
        labels=tuple(_label(each) for each in event["labels"]),
        refused=str(event["refused"]),
    )
    if bool(found.labels) == bool(found.refused):
        raise ValueError("an answer has either labels or a reason why there are none")
    return found


def keep(book: Book, event: HeardLabel) -> bool:
    """Keeps an answer; False where it has come before."""
    again = book.run(
        "UPDATE labels SET deliveries = deliveries + 1 WHERE event_id = ?", event.event_id
    )
    if again:
        return False
    book.run(
        "INSERT INTO labels (event_id, key, parcel_id, command_id, labels, refused, deliveries)"
        " VALUES (?, ?, ?, ?, ?, ?, 1)",
        event.event_id,
        event.ref.key,
        event.parcel_id,
        event.command_id,
        json.dumps(event.labels),
        event.refused,
    )
    return True


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """An answer as the book shows it."""
    names = ("event_id", "parcel_id", "command_id", "refused", "deliveries")
    return {name: row[name] for name in names} | {"labels": json.loads(row["labels"])}


def _label(each: dict[str, Any]) -> dict[str, str]:
    label = {name: str(each[name]) for name in ("media_type", "content", "link")}
    if not label["link"]:
        try:
            base64.b64decode(label["content"], validate=True)
        except binascii.Error as error:
            raise ValueError(f"a label's content is no Base64: {error}") from None
    return label
