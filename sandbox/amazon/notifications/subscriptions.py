"""Destinations of an application and subscriptions of sellers."""

import uuid
from typing import Any

from pydantic import BaseModel

from sandbox.engine.database import Database

DESTINATION = "destination"
SUBSCRIPTION = "subscription"


class Destination(BaseModel):
    """A queue that an application has made known."""

    destination_id: str
    application: str
    name: str
    arn: str

    def wire(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "name": self.name,
            "destinationId": self.destination_id,
            "resource": {"sqs": {"arn": self.arn}},
        }


class Subscription(BaseModel):
    """What a seller's application wants to hear of."""

    subscription_id: str
    application: str
    seller: str
    type: str
    payload_version: str
    destination_id: str
    directive: dict[str, Any] | None = None

    def wire(self) -> dict[str, Any]:
        """As the API shows it."""
        shown: dict[str, Any] = {
            "subscriptionId": self.subscription_id,
            "payloadVersion": self.payload_version,
            "destinationId": self.destination_id,
        }
        return shown | ({"processingDirective": self.directive} if self.directive else {})

    def wants(self, change_type: str, marketplace: str) -> bool:
        """Whether the event filter lets an event through."""
        filters = (self.directive or {}).get("eventFilter", {})
        types = filters.get("orderChangeTypes") or [change_type]
        marketplaces = filters.get("marketplaceIds") or [marketplace]
        return not change_type or (change_type in types and marketplace in marketplaces)


class Subscriptions:
    """Everything that was set up by the notifications API."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._destinations = {
            key: Destination.model_validate_json(body) for key, body in database.all(DESTINATION)
        }
        self._subscriptions = {
            key: Subscription.model_validate_json(body) for key, body in database.all(SUBSCRIPTION)
        }

    def add_destination(self, application: str, name: str, arn: str) -> Destination:
        """Makes a queue known."""
        destination = Destination(
            destination_id=str(uuid.uuid4()), application=application, name=name, arn=arn
        )
        self._destinations[destination.destination_id] = destination
        body = destination.model_dump_json()
        self._database.put(DESTINATION, destination.destination_id, body)
        return destination

    def destinations(self, application: str) -> list[Destination]:
        """All of an application."""
        return [each for each in self._destinations.values() if each.application == application]

    def destination(self, application: str, destination_id: str) -> Destination | None:
        """One of an application, or None."""
        found = self._destinations.get(destination_id)
        return found if found is not None and found.application == application else None

    def arn(self, subscription: Subscription) -> str:
        """The queue of a subscription; empty where the destination is gone."""
        found = self._destinations.get(subscription.destination_id)
        return found.arn if found else ""

    def remove_destination(self, destination: Destination) -> None:
        """Forgets a queue."""
        del self._destinations[destination.destination_id]
        self._database.drop(DESTINATION, destination.destination_id)

    def subscribe(self, subscription: Subscription) -> None:
        """Takes a subscription in."""
        self._subscriptions[subscription.subscription_id] = subscription
        body = subscription.model_dump_json()
        self._database.put(SUBSCRIPTION, subscription.subscription_id, body)

    def remove(self, subscription: Subscription) -> None:
        """Forgets a subscription."""
        del self._subscriptions[subscription.subscription_id]
        self._database.drop(SUBSCRIPTION, subscription.subscription_id)

    def clear(self) -> None:
        """Forgets everything that was set up."""
        for subscription in self.all():
            self.remove(subscription)
        for destination in list(self._destinations.values()):
            self.remove_destination(destination)

    def one(self, subscription_id: str) -> Subscription | None:
        """By id, or None."""
        return self._subscriptions.get(subscription_id)

    def of_seller(self, seller: str, notification_type: str = "") -> list[Subscription]:
        """A seller's, of one type or all."""
        return [
            each
            for each in self._subscriptions.values()
            if each.seller == seller and notification_type in ("", each.type)
        ]

    def all(self) -> list[Subscription]:
        """Everybody's."""
        return list(self._subscriptions.values())
