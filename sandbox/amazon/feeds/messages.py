"""What a feed's file asks for, message by message."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

from sandbox.amazon.feeds import types


class Unreadable(Exception):
    """The file as a whole makes no sense: the feed is FATAL."""


@dataclass(frozen=True)
class Cancel:
    """One item, or a whole order, is not going to be shipped."""

    number: int
    order_id: str
    item_id: str
    reason: str


@dataclass(frozen=True)
class Acknowledge:
    """An order is confirmed as taken in; it changes nothing."""

    number: int
    order_id: str


@dataclass(frozen=True)
class Refund:
    """Money of one item goes back to the buyer, as a positive amount."""

    number: int
    order_id: str
    item_id: str
    reason: str
    currency: str
    amount: Decimal


@dataclass(frozen=True)
class Ship:
    """A parcel was sent; without an item it holds the whole order."""

    number: int
    order_id: str
    item_id: str
    quantity: int
    carrier: str
    tracking: str


@dataclass(frozen=True)
class Broken:
    """A message that cannot be read; the others may be."""

    number: int
    why: str


Message = Cancel | Acknowledge | Refund | Ship | Broken


def read(feed_type: str, body: bytes) -> list[Message]:
    """Reads a feed's file.

    Raises:
        Unreadable: It is no such file at all.
    """
    if feed_type in types.XML:
        return _xml(body)
    return _flat(feed_type, body)


def _flat(feed_type: str, body: bytes) -> list[Message]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        raise Unreadable(f"the file is not UTF-8: {trouble}") from trouble
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t"))
    needed = {
        types.ACKNOWLEDGE_FLAT: {"order-id", "amazon-order-item-code", "cancellation-reason-code"},
        types.ADJUST_FLAT: {"order-id", "order-item-id", "currency", "item-price-adj"},
        types.FULFIL_FLAT: {"order-id", "carrier-code", "tracking-number", "ship-date"},
    }[feed_type]
    missing = needed - set(rows[0] if rows else ())
    if missing:
        raise Unreadable(f"columns are missing or there is no row: {', '.join(sorted(missing))}")
    return [_row(feed_type, number, row) for number, row in enumerate(rows, start=1)]


def _row(feed_type: str, number: int, row: dict[str, str]) -> Message:
    order_id = (row["order-id"] or "").strip()
    if feed_type == types.ACKNOWLEDGE_FLAT:
        item, reason = row["amazon-order-item-code"] or "", row["cancellation-reason-code"] or ""
        # A row without a reason would be an acknowledgement, which this file does not do.
        if not reason.strip():
            return Broken(number, "cancellation-reason-code is missing")
        return Cancel(number, order_id, item.strip(), reason.strip())
    if feed_type == types.FULFIL_FLAT:
        quantity = row.get("quantity") or "0"
        if not quantity.isdigit():
            return Broken(number, f"quantity {quantity!r} is no number")
        item = (row.get("order-item-id") or "").strip()
        carrier = row.get("carrier-name") or row["carrier-code"]
        return Ship(number, order_id, item, int(quantity), carrier, row["tracking-number"])
    return _refund(
        number,
        order_id,
        row["order-item-id"],
        row.get("adjustment-reason-code") or "",
        [
            (row["currency"], row["item-price-adj"]),
            (row["currency"], row.get("shipping-price-adj")),
        ],
    )


def _refund(
    number: int,
    order_id: str,
    item_id: str | None,
    reason: str,
    parts: list[tuple[str, str | None]],
) -> Message:
    total, currency = Decimal(0), ""
    for currency_of_part, amount in parts:
        if not amount:
            continue
        currency = currency_of_part
        try:
            total += abs(Decimal(amount))
        except InvalidOperation:
            return Broken(number, f"amount {amount!r} is no number")
    if not reason.strip() or not total:
        return Broken(number, "the adjustment's reason or amount is missing")
    return Refund(number, order_id, (item_id or "").strip(), reason, currency, total)


def _xml(body: bytes) -> list[Message]:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Unreadable("a document type is not allowed")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - document types were refused above
    except ElementTree.ParseError as trouble:
        raise Unreadable(f"the file is no XML: {trouble}") from trouble
    if root.tag != "AmazonEnvelope" or not root.findall("Message"):
        raise Unreadable("AmazonEnvelope with at least one Message is missing")
    found: list[Message] = []
    for message in root.findall("Message"):
        number = int(message.findtext("MessageID", "0"))
        if (acknowledged := message.find("OrderAcknowledgement")) is not None:
            found += _acknowledgement(number, acknowledged)
        elif (adjusted := message.find("OrderAdjustment")) is not None:
            found += _adjustment(number, adjusted)
        else:
            found.append(Broken(number, "the message is of no type that this feed takes"))
    return found


def _acknowledgement(number: int, element: ElementTree.Element) -> list[Message]:
    order_id, status = element.findtext("AmazonOrderID", ""), element.findtext("StatusCode")
    if status == "Success":
        return [Acknowledge(number, order_id)]
    if status != "Failure":
        return [Broken(number, f"StatusCode {status!r} is neither Success nor Failure")]
    items = element.findall("Item")
    if not items:
        return [Cancel(number, order_id, "", element.findtext("CancelReason", "NoInventory"))]
    return [
        Cancel(
            number,
            order_id,
            item.findtext("AmazonOrderItemCode", ""),
            item.findtext("CancelReason", ""),
        )
        for item in items
    ]


def _adjustment(number: int, element: ElementTree.Element) -> list[Message]:
    order_id = element.findtext("AmazonOrderID", "")
    found: list[Message] = []
    for item in element.findall("AdjustedItem"):
        amounts = [
            (amount.get("currency", ""), amount.text)
            for amount in item.findall("ItemPriceAdjustments/Component/Amount")
        ]
        code, reason = item.findtext("AmazonOrderItemCode"), item.findtext("AdjustmentReason", "")
        found.append(_refund(number, order_id, code, reason, amounts))
    return found or [Broken(number, "AdjustedItem is missing")]
