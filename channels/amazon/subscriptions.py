"""The account's notifications: a destination for its queue, a subscription of each type.

Source: Amazon's public model `notifications.json`. One destination for each queue and application,
one subscription for each seller, type and payload version: a second is refused with 409. Amazon
knows nothing of our receivers, so that the callback URL of the port means nothing here.
"""

import json
from dataclasses import dataclass

import structlog
from pydantic import Field

from channels.amazon import quotas
from channels.amazon.abilities import CHANNEL
from channels.amazon.calls import Calls
from channels.amazon.errors import NOT_FOUND
from channels.amazon.notifications import SUBSCRIBED
from channels.amazon.options import AccountOptions
from channels.errors import RefusedError
from channels.http import Request, path_of
from channels.port import WebhookHealth
from channels.wiretypes import Identifier, LooseText, WireModel

PATH = "notifications/v1"
CONFLICT = "StateConflict"

_log = structlog.get_logger("channels.amazon")


class _Sqs(WireModel):
    arn: LooseText = ""


class _Resource(WireModel):
    sqs: _Sqs = Field(default_factory=_Sqs)


class Destination(WireModel):
    """Where Amazon may send notifications of this application."""

    destination_id: Identifier = Field(validation_alias="destinationId")
    name: LooseText = ""
    resource: _Resource = Field(default_factory=_Resource)


class _Destinations(WireModel):
    payload: tuple[Destination, ...] = ()


class _MadeDestination(WireModel):
    payload: Destination


class Subscription(WireModel):
    """What the seller has Amazon send there."""

    subscription_id: Identifier = Field(validation_alias="subscriptionId")
    payload_version: LooseText = Field(default="", validation_alias="payloadVersion")
    destination_id: LooseText = Field(default="", validation_alias="destinationId")


class _Subscribed(WireModel):
    payload: Subscription | None = None


@dataclass(frozen=True)
class Found:
    """One thing that `subscribe` looked for, and what it did."""

    what: str
    """`destination`, or a notification's type."""
    was: str
    """`there`, `made`, or `elsewhere`: subscribed to another queue, which is left as it is."""
    id: str


class Subscriber:
    """Keeps one account's subscriptions."""

    def __init__(self, calls: Calls, options: AccountOptions) -> None:
        self._calls = calls
        self._options = options

    async def health(self) -> WebhookHealth:
        """How the subscriptions that lead to our queue stand."""
        destination = await self._destination()
        if destination is None:
            return WebhookHealth.MISSING
        found = [await self._subscription(kind) for kind in SUBSCRIBED]
        ours = [s for s in found if s and s.destination_id == destination.destination_id]
        if len(ours) == len(SUBSCRIBED):
            return WebhookHealth.ACTIVE
        return WebhookHealth.PASSIVE if ours else WebhookHealth.MISSING

    async def subscribe(self) -> tuple[Found, ...]:
        """Makes what is missing, and tells of each what it found; twice changes nothing.

        Raises:
            RefusedError: No queue is configured, or Amazon may not write to it.
        """
        if not self._options.queue_arn:
            raise self._refused(
                "no queue is configured",
                "Set `queue_arn` in the account's options: a standard queue of SQS, whose policy"
                " lets AWS account 437568002678 send messages and read its attributes.",
                "queue.missing",
            )
        destination = await self._destination()
        was = "there"
        if destination is None:
            destination, was = await self._made_destination(), "made"
        found = [Found("destination", was, destination.destination_id)]
        for kind, version in SUBSCRIBED.items():
            found.append(await self._subscribed(kind, version, destination.destination_id))
        for each in found:
            _log.info(
                "subscription",
                account=self._calls.account,
                what=each.what,
                was=each.was,
                id=each.id,
            )
        return tuple(found)

    async def _subscribed(self, kind: str, version: str, destination_id: str) -> Found:
        there = await self._subscription(kind)
        if there is None:
            try:
                return Found(kind, "made", await self._made(kind, version, destination_id))
            except RefusedError as refused:
                if refused.code != CONFLICT:
                    raise
            # Somebody else has made it just now, or the look before was not shown it.
            there = await self._subscription(kind)
        if there is None:
            return Found(kind, "there", "")
        ours = there.destination_id in ("", destination_id)
        return Found(kind, "there" if ours else "elsewhere", there.subscription_id)

    async def _made(self, kind: str, version: str, destination_id: str) -> str:
        # Without a processing directive, which has been reported to be refused.
        body = {"payloadVersion": version, "destinationId": destination_id}
        request = Request(
            quotas.CREATE_SUBSCRIPTION,
            "POST",
            f"{PATH}/subscriptions/{path_of(kind)}",
            body=json.dumps(body).encode(),
        )
        made = (await self._calls.read(_Subscribed, request)).payload
        return made.subscription_id if made else ""

    async def _subscription(self, kind: str) -> Subscription | None:
        path = f"{PATH}/subscriptions/{path_of(kind)}"
        request = Request(quotas.GET_SUBSCRIPTION, "GET", path)
        try:
            return (await self._calls.read(_Subscribed, request)).payload
        except RefusedError as refused:
            if refused.code == NOT_FOUND:
                return None
            raise

    async def _destination(self) -> Destination | None:
        request = Request(quotas.GET_DESTINATIONS, "GET", f"{PATH}/destinations")
        there = (await self._calls.read(_Destinations, request)).payload
        arn = self._options.queue_arn
        return next((d for d in there if arn and d.resource.sqs.arn == arn), None)

    async def _made_destination(self) -> Destination:
        arn = self._options.queue_arn
        body = {
            "name": self._options.destination,
            "resourceSpecification": {"sqs": {"arn": arn}},
        }
        request = Request(
            quotas.CREATE_DESTINATION,
            "POST",
            f"{PATH}/destinations",
            body=json.dumps(body).encode(),
        )
        try:
            return (await self._calls.read(_MadeDestination, request)).payload
        except RefusedError as refused:
            there = await self._destination() if refused.code == CONFLICT else None
            if there is None:
                raise
            return there

    def _refused(self, what: str, hint: str, code: str) -> RefusedError:
        account = self._calls.account
        return RefusedError(
            CHANNEL, account, quotas.CREATE_SUBSCRIPTION, what, hint=hint, code=code
        )
