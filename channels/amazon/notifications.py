"""What Amazon pushes to our queue, whichever casing it comes in. Pure.

ORDER_CHANGE and FBA_INVENTORY_AVAILABILITY_CHANGES come with capital names, reports and feeds with
small ones; names are read without regard to it. What a notification is about is its subject, and
its `event_id` says which fact it tells: the same fact comes with several notification ids.

Source: Amazon's public schemas of notifications.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import AwareDatetime, Field, ValidationError

from canonical.identity import bounded
from channels import jsontext
from channels.amazon.abilities import CHANNEL
from channels.amazon.wire import Moment
from channels.wiretypes import (
    Identifier,
    LooseText,
    Problem,
    Whole,
    WireModel,
    Word,
    contract_error,
    problems_of,
)

OPERATION = "read_notification"
ORDER_CHANGE = "ORDER_CHANGE"
FBA_STOCK = "FBA_INVENTORY_AVAILABILITY_CHANGES"
REPORT_FINISHED = "REPORT_PROCESSING_FINISHED"
FEED_FINISHED = "FEED_PROCESSING_FINISHED"
SUBSCRIBED = {
    ORDER_CHANGE: "1.0",
    REPORT_FINISHED: "2020-09-04",
    FEED_FINISHED: "2020-09-04",
    # ASSUMED: the schema of this one names no payload version.
    FBA_STOCK: "1.0",
}
"""The types that are subscribed to, with their payload versions. All of them come by SQS."""


class _Metadata(WireModel):
    notification_id: LooseText = Field(default="", validation_alias="notificationid")
    subscription_id: LooseText = Field(default="", validation_alias="subscriptionid")


class _Envelope(WireModel):
    type: Word = Field(validation_alias="notificationtype")
    at: Moment | None = Field(default=None, validation_alias="eventtime")
    metadata: _Metadata = Field(default_factory=_Metadata, validation_alias="notificationmetadata")
    payload: dict[str, Any] = Field(default_factory=dict)


class _Timed(WireModel):
    at: AwareDatetime = Field(validation_alias="eventtime")


class _Trigger(WireModel):
    at: Moment | None = Field(default=None, validation_alias="timeoforderchange")
    reason: LooseText = Field(default="", validation_alias="changereason")


class _Summary(WireModel):
    marketplace_id: LooseText = Field(default="", validation_alias="marketplaceid")
    status: LooseText = Field(default="", validation_alias="orderstatus")


class _OrderChange(WireModel):
    seller_id: Identifier = Field(validation_alias="sellerid")
    order_id: Identifier = Field(validation_alias="amazonorderid")
    change: LooseText = Field(default="", validation_alias="orderchangetype")
    trigger: _Trigger = Field(default_factory=_Trigger, validation_alias="orderchangetrigger")
    summary: _Summary = Field(default_factory=_Summary)


class _Processed(WireModel):
    seller_id: LooseText = Field(default="", validation_alias="sellerid")
    status: Word = Field(validation_alias="processingstatus")


class _Report(_Processed):
    report_id: Identifier = Field(validation_alias="reportid")
    kind: Identifier = Field(validation_alias="reporttype")
    document_id: LooseText = Field(default="", validation_alias="reportdocumentid")


class _Feed(_Processed):
    feed_id: Identifier = Field(validation_alias="feedid")
    kind: Identifier = Field(validation_alias="feedtype")
    result_id: LooseText = Field(default="", validation_alias="resultfeeddocumentid")


class _Reserved(WireModel):
    pending: Whole | None = Field(default=None, validation_alias="pendingcustomerorder")
    processing: Whole | None = Field(default=None, validation_alias="warehouseprocessing")
    transfer: Whole | None = Field(default=None, validation_alias="warehousetransfer")


class StockCounts(WireModel):
    """Absent is not zero."""

    fulfillable: Whole | None = None
    unfulfillable: Whole | None = None
    reserved: _Reserved = Field(
        default_factory=_Reserved, validation_alias="reservedquantitybreakdown"
    )


class StockOfMarketplace(WireModel):
    marketplace_id: Identifier = Field(validation_alias="marketplaceid")
    counts: StockCounts = Field(
        default_factory=StockCounts, validation_alias="fulfillmentinventory"
    )


class _Stock(WireModel):
    seller_id: Identifier = Field(validation_alias="sellerid")
    sku: Identifier
    fnsku: LooseText = ""
    asin: LooseText = ""
    by_marketplace: tuple[StockOfMarketplace, ...] = Field(
        default=(), validation_alias="fulfillmentinventorybymarketplace"
    )


@dataclass(frozen=True)
class Notification:
    """Any notification.

    Attributes:
        type: Amazon's word.
        notification_id: Differs between two notifications of one fact; empty where there is none.
        at: When Amazon wrote it, where it says so.
        seller_id: Whose it is; empty where it does not say.
        subject: What it is about, such as `report:51200199120`; one piece of work for each.
        event_id: Which fact it tells, equal for each repetition.
        subscription_id: By which subscription it came; empty where it does not say.
    """

    type: str
    notification_id: str
    at: Moment | None
    seller_id: str
    subject: str
    event_id: str
    subscription_id: str


@dataclass(frozen=True)
class OrderChanged(Notification):
    """An order moved: it must be read."""

    order_id: str
    marketplace_id: str
    changed_at: Moment
    """Of the change; of the notification, which is later, where the change names no time."""
    status: str


@dataclass(frozen=True)
class ReportFinished(Notification):
    """A report is ready, has no data (`CANCELLED`), or failed (`FATAL`)."""

    report_id: str
    kind: str
    status: str
    document_id: str


@dataclass(frozen=True)
class FeedFinished(Notification):
    """A feed came to its end, which does not say that anything in it was accepted."""

    feed_id: str
    kind: str
    status: str
    result_id: str


@dataclass(frozen=True)
class StockMoved(Notification):
    """Amazon's stock of a SKU, by marketplace."""

    sku: str
    fnsku: str
    by_marketplace: tuple[StockOfMarketplace, ...]


@dataclass(frozen=True)
class OtherNotification(Notification):
    """Of a type that nothing here waits for."""


def is_notification(value: Any) -> bool:
    """Whether a parsed body is one, as opposed to an order."""
    return isinstance(value, dict) and any(key.casefold() == "notificationtype" for key in value)


def read_notification(body: bytes, account: str) -> Notification:
    """Reads a notification.

    Raises:
        ContractError: Naming each field that does not fit.
    """
    problems: list[Problem]
    try:
        envelope = _Envelope.model_validate(_folded(jsontext.parse(body)))
        return _of(envelope)
    except jsontext.NotJsonError as e:
        problems = [("", str(e))]
    except ValidationError as e:
        problems = problems_of(e)
    except _Misnamed as e:
        problems = [(f"payload.{e}", "is missing")]
    raise contract_error(CHANNEL, account, OPERATION, problems)


class _Misnamed(ValueError):
    """The payload lacks the element that its type has."""


def _of(envelope: _Envelope) -> Notification:
    match envelope.type.upper():
        case "ORDER_CHANGE":
            return _order_change(envelope)
        case "REPORT_PROCESSING_FINISHED":
            report = _part(_Report, envelope, "reportprocessingfinishednotification")
            subject = f"report:{report.report_id}"
            return ReportFinished(
                **_common(envelope, report.seller_id, subject, report.status),
                report_id=report.report_id,
                kind=report.kind,
                status=report.status,
                document_id=report.document_id,
            )
        case "FEED_PROCESSING_FINISHED":
            feed = _part(_Feed, envelope, "feedprocessingfinishednotification")
            subject = f"feed:{feed.feed_id}"
            return FeedFinished(
                **_common(envelope, feed.seller_id, subject, feed.status),
                feed_id=feed.feed_id,
                kind=feed.kind,
                status=feed.status,
                result_id=feed.result_id,
            )
        case "FBA_INVENTORY_AVAILABILITY_CHANGES":
            stock = _Stock.model_validate(envelope.payload)
            return StockMoved(
                **_common(envelope, stock.seller_id, f"stock:{stock.sku}", ""),
                sku=stock.sku,
                fnsku=stock.fnsku,
                by_marketplace=stock.by_marketplace,
            )
    subject = f"other:{envelope.type}"
    return OtherNotification(**_common(envelope, "", subject, envelope.metadata.notification_id))


def _order_change(envelope: _Envelope) -> OrderChanged:
    change = _part(_OrderChange, envelope, "orderchangenotification")
    # The schema demands EventTime; without any time nothing could tell when a read is enough.
    moment = change.trigger.at or _Timed.model_validate({"eventtime": envelope.at}).at
    when = moment.isoformat() if change.trigger.at else envelope.metadata.notification_id
    fact = f"{when}:{change.summary.status}:{change.change}"
    return OrderChanged(
        **_common(envelope, change.seller_id, f"order:{change.order_id}", fact),
        order_id=change.order_id,
        marketplace_id=change.summary.marketplace_id,
        changed_at=moment,
        status=change.summary.status,
    )


def _common(envelope: _Envelope, seller_id: str, subject: str, fact: str) -> dict[str, Any]:
    if not fact:
        fact = envelope.at.isoformat() if envelope.at else envelope.metadata.notification_id
    return {
        "type": envelope.type.upper(),
        "notification_id": envelope.metadata.notification_id,
        "at": envelope.at,
        "seller_id": seller_id,
        "subject": subject,
        "event_id": bounded(f"notice:{subject}:{fact}", 200),
        "subscription_id": envelope.metadata.subscription_id,
    }


Part = TypeVar("Part", bound=WireModel)


def _part(model: type[Part], envelope: _Envelope, name: str) -> Part:
    """The payload's one element."""
    if name not in envelope.payload:
        raise _Misnamed(name)
    return model.model_validate(envelope.payload[name])


def _folded(value: Any) -> Any:
    """The same with all names in lower case."""
    if isinstance(value, dict):
        return {key.casefold(): _folded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_folded(part) for part in value]
    return value
