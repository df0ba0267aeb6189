"""Notifications v1: destinations of the application, subscriptions of the seller (section 3)."""

import re
import uuid
from typing import Any

from sandbox.amazon.api.windows import csv_of
from sandbox.amazon.errors import ApiError, denied, invalid, not_found
from sandbox.amazon.gate import Call, Reply
from sandbox.amazon.notifications.kinds import EVENT_BRIDGE_ONLY, KINDS
from sandbox.amazon.notifications.subscriptions import Destination, Subscription

ARN = re.compile(r"^arn:aws:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]+$")
FILTERED = frozenset({"ANY_OFFER_CHANGED", "ORDER_CHANGE", "SHIPMENT_TRACKING_MILESTONE_CHANGED"})
CHANGES = frozenset({"BuyerRequestedChange", "DeliveryTipChange", "OrderStatusChange"})


def _conflict(message: str) -> ApiError:
    return ApiError(409, "StateConflict", message)


async def create_destination(call: Call) -> Reply:
    """POST /notifications/v1/destinations: one for each queue and application."""
    body = await call.json_object()
    name, specification = body.get("name"), body.get("resourceSpecification")
    sqs = specification.get("sqs") if isinstance(specification, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= 256 or not isinstance(sqs, dict):
        raise invalid("name and resourceSpecification.sqs are required.")
    arn = str(sqs.get("arn"))
    if not ARN.match(arn):
        raise invalid("The ARN of the queue is not valid.")
    known = call.world.subscriptions.destinations(call.token.application)
    if any(each.arn == arn for each in known):
        raise _conflict("A destination with this resource exists already.")
    made = call.world.subscriptions.add_destination(call.token.application, name, arn)
    return Reply({"payload": made.wire()})


async def get_destinations(call: Call) -> Reply:
    """GET /notifications/v1/destinations."""
    known = call.world.subscriptions.destinations(call.token.application)
    return Reply({"payload": [each.wire() for each in known]})


async def get_destination(call: Call) -> Reply:
    """GET /notifications/v1/destinations/{destinationId}."""
    return Reply({"payload": _destination(call, call.path("destinationId")).wire()})


async def delete_destination(call: Call) -> Reply:
    """DELETE /notifications/v1/destinations/{destinationId}."""
    destination = _destination(call, call.path("destinationId"))
    subscriptions = call.world.subscriptions
    if any(each.destination_id == destination.destination_id for each in subscriptions.all()):
        raise _conflict("The destination has subscriptions.")
    subscriptions.remove_destination(destination)
    return Reply({})


def _destination(call: Call, destination_id: str) -> Destination:
    found = call.world.subscriptions.destination(call.token.application, destination_id)
    if found is None:
        raise not_found("The destination does not exist.")
    return found


async def create_subscription(call: Call) -> Reply:
    """POST /notifications/v1/subscriptions/{notificationType}."""
    body, kind = await call.json_object(), call.path("notificationType")
    if kind in EVENT_BRIDGE_ONLY:
        raise invalid(f"{kind} can only be delivered to Amazon EventBridge.")
    if kind not in KINDS:
        raise invalid(f"There is no notification type {kind}.")
    version, destination_id = body.get("payloadVersion"), body.get("destinationId")
    if version != KINDS[kind].payload_version:
        raise invalid(f"payloadVersion of {kind} must be {KINDS[kind].payload_version}.")
    if not isinstance(destination_id, str):
        raise invalid("destinationId is required.")
    destination = _destination(call, destination_id)
    directive = _directive(body.get("processingDirective"), kind)
    if any(
        each.payload_version == version
        for each in call.world.subscriptions.of_seller(call.seller, kind)
    ):
        raise _conflict("Subscription already exists.")
    made = Subscription(
        subscription_id=str(uuid.uuid4()),
        application=call.token.application,
        seller=call.seller,
        type=kind,
        payload_version=version,
        destination_id=destination.destination_id,
        directive=directive,
    )
    call.world.subscriptions.subscribe(made)
    return Reply({"payload": made.wire()})


def _directive(given: Any, kind: str) -> dict[str, Any] | None:
    if given is None:
        return None
    if not isinstance(given, dict) or ("eventFilter" in given) == ("filterExpression" in given):
        raise invalid("processingDirective takes either eventFilter or filterExpression.")
    chosen = given.get("eventFilter")
    if chosen is not None and (
        not isinstance(chosen, dict)
        or chosen.get("eventFilterType") != kind
        or kind not in FILTERED
        or set(chosen.get("orderChangeTypes", ())) - CHANGES
    ):
        raise invalid("eventFilter does not fit the notification type.")
    return given


async def get_subscriptions(call: Call) -> Reply:
    """GET /notifications/v1/subscriptions."""
    kinds = csv_of(call.query.get("notificationTypes"))
    if not kinds:
        raise invalid("notificationTypes is required.")
    mine = call.world.subscriptions.of_seller(call.seller)
    shown = [each.wire() for each in mine if each.type in kinds]
    return Reply({"payload": {"subscriptions": shown}})


async def get_subscription(call: Call) -> Reply:
    """GET /notifications/v1/subscriptions/{notificationType}."""
    mine = call.world.subscriptions.of_seller(call.seller, call.path("notificationType"))
    version = call.query.get("payloadVersion")
    for each in mine:
        if version in (None, each.payload_version):
            return Reply({"payload": each.wire()})
    raise not_found("The subscription does not exist.")


async def get_subscription_by_id(call: Call) -> Reply:
    """GET /notifications/v1/subscriptions/{notificationType}/{subscriptionId}."""
    return Reply({"payload": _subscription(call).wire()})


async def delete_subscription(call: Call) -> Reply:
    """DELETE /notifications/v1/subscriptions/{notificationType}/{subscriptionId}."""
    call.world.subscriptions.remove(_subscription(call))
    return Reply({})


def _subscription(call: Call) -> Subscription:
    found = call.world.subscriptions.one(call.path("subscriptionId"))
    if found is None or found.type != call.path("notificationType"):
        raise not_found("The subscription does not exist.")
    foreign_seller = call.account is not None and call.seller != found.seller
    if found.application != call.token.application or foreign_seller:
        raise denied()
    return found
