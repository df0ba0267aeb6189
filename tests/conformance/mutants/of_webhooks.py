"""Faults of what is pushed."""

import hmac
from collections.abc import Mapping
from itertools import count

from canonical.envelope import EventIdentity
from channels.port import RawEvent, WebhookHealth
from tests.conformance.mutants.planting import Replace, mutant
from tests.conformance.toy import client, webhook
from tests.conformance.toy.client import ToyChannel
from tests.conformance.toy.hooks import HookKeeper
from tests.conformance.toy.mapping import identity_of
from tests.conformance.toy.options import AccountOptions
from tests.conformance.toy.wire import WireOrder


def _renamed(replace: Replace, word: str) -> None:
    """Events of webhooks get ids of their own; `{}` in the word counts them."""
    known, numbers = ToyChannel.split_webhook, count()

    def split(self: ToyChannel, body: bytes) -> tuple[RawEvent, ...]:
        return tuple(
            RawEvent(
                event.body,
                event.identity.model_copy(
                    update={"event_id": event.identity.event_id + word.format(next(numbers))}
                ),
            )
            if event.identity
            else event
            for event in known(self, body)
        )

    replace(ToyChannel, "split_webhook", split)


@mutant("webhook-equals-read", "A webhook's event has another id than the list's.")
def other_name(replace: Replace) -> None:
    _renamed(replace, ":hook")


@mutant("webhook-twice", "Each delivery is an event.")
def each_delivery(replace: Replace) -> None:
    _renamed(replace, ":{}")


@mutant("replayed-webhook", "An event's id says when it was received.")
def by_receipt(replace: Replace) -> None:
    _renamed(replace, "@{}")


@mutant("webhooks-reordered", "The version is the order of arrival.")
def by_arrival(replace: Replace) -> None:
    numbers, kept = count(1), dict[str, int]()

    def identity(order: WireOrder) -> EventIdentity:
        known = identity_of(order)
        version = kept.setdefault(known.event_id, next(numbers))
        return known.model_copy(update={"version": version})

    replace(client, "identity_of", identity)


@mutant("webhook-switched-off", "A webhook that is there is active.")
def there_is_active(replace: Replace) -> None:
    known = HookKeeper.health

    async def health(self: HookKeeper, callback_url: str) -> WebhookHealth:
        found = await known(self, callback_url)
        return WebhookHealth.ACTIVE if found is WebhookHealth.PASSIVE else found

    replace(HookKeeper, "health", health)


@mutant("forged-webhook", "Any signature will do.")
def any_signature(replace: Replace) -> None:
    def genuine(headers: Mapping[str, str], body: bytes, options: AccountOptions) -> bool:
        return any(name.lower() == webhook.HEADER.lower() for name in headers)

    replace(webhook, "is_genuine", genuine)


@mutant("altered-webhook", "A signature that was good once is good for any body.")
def good_for_ever(replace: Replace) -> None:
    known, seen = webhook.is_genuine, set[str]()

    def genuine(headers: Mapping[str, str], body: bytes, options: AccountOptions) -> bool:
        given = next((v for k, v in headers.items() if k.lower() == webhook.HEADER.lower()), "")
        if known(headers, body, options):
            seen.add(given)
        return any(hmac.compare_digest(given, one) for one in seen)

    replace(webhook, "is_genuine", genuine)


@mutant("junk-webhook", "Junk is dropped.")
def drops_junk(replace: Replace) -> None:
    known = ToyChannel.split_webhook

    def split(self: ToyChannel, body: bytes) -> tuple[RawEvent, ...]:
        return tuple(event for event in known(self, body) if event.identity)

    replace(ToyChannel, "split_webhook", split)
