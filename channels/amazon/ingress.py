"""Amazon's notifications as our queue brings them: whose, about what, which fact. No client."""

from channels.amazon.abilities import CHANNEL
from channels.amazon.notifications import (
    OPERATION,
    SUBSCRIBED,
    OrderChanged,
    OtherNotification,
    read_notification,
)
from channels.amazon.options import AccountOptions
from channels.ingress import Told
from channels.wiretypes import contract_error

SENDER = "437568002678"
"""Amazon's own ("Set up notifications using the Amazon SQS workflow")."""
UNTOLD = "queue"
"""Stands for the account in errors: whose a message is, is only known once it is read."""


def read_message(body: bytes) -> Told:
    """Reads a notification, in either casing.

    Raises:
        ContractError: Naming each field that does not fit; or it is of a type that is not
            subscribed to, which is told rather than dropped: somebody has subscribed to it.
    """
    told = read_notification(body, UNTOLD)
    if isinstance(told, OtherNotification):
        known = ", ".join(SUBSCRIBED)
        what = f"is {told.type}, which nothing here waits for; known are {known}"
        raise contract_error(CHANNEL, UNTOLD, OPERATION, [("NotificationType", what)])
    return Told(
        kind=told.type,
        owner=told.seller_id,
        subscription=told.subscription_id,
        subject="" if isinstance(told, OrderChanged) else told.subject,
        event_id=told.event_id,
        order_id=told.order_id if isinstance(told, OrderChanged) else None,
    )


def owner_of(options: AccountOptions) -> str:
    """The seller's id at Amazon."""
    return options.seller_id


def queue_of(options: AccountOptions) -> str:
    """The queue that notifications go to; empty where none is configured."""
    return options.queue_arn
