"""The toy marketplace: whatever a channel can be, so that every case of the kit applies to it."""

from datetime import timedelta

from canonical.abilities import Abilities, Carries, Polling, Webhooks
from canonical.actions import ActionKind
from tests.conformance.toy.quotas import QUOTAS

CHANNEL = "toy"

ABILITIES = Abilities(
    actions=frozenset({ActionKind.ACCEPT, ActionKind.SHIP, ActionKind.CANCEL_LINES}),
    event_carries=Carries.ORDER,
    order_readable=True,
    tokens=True,
    partial_answers=True,
    acknowledges=ActionKind.ACCEPT,
    ships_by=ActionKind.SHIP,
    polling=Polling(
        every=timedelta(minutes=1), overlap=timedelta(minutes=10), reach=timedelta(days=14)
    ),
    webhooks=Webhooks(junk_answer=422, signs_body=True),
    retention=timedelta(days=30),
    currencies=frozenset({"SAR", "KWD"}),
    quotas=QUOTAS,
)
