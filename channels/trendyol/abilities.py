"""What Trendyol can do for a seller in Saudi Arabia, as data."""

from datetime import timedelta

from canonical.abilities import Abilities, Carries, Polling, Webhooks
from canonical.actions import ActionKind
from channels.trendyol.quotas import QUOTAS

CHANNEL = "trendyol"

ABILITIES = Abilities(
    actions=frozenset({ActionKind.ACCEPT, ActionKind.READY, ActionKind.CANCEL_LINES}),
    event_carries=Carries.PARCEL,
    order_readable=True,
    acknowledges=ActionKind.ACCEPT,
    # ASSUMED: in KSA Trendyol pays and its carrier ships, so that no tracking is told
    # (international guide, order process flow).
    ships_by=ActionKind.READY,
    # ASSUMED: nothing is published on how soon a read shows a write.
    visibility_lag=timedelta(seconds=10),
    polling=Polling(
        every=timedelta(minutes=5),
        overlap=timedelta(hours=4),
        reach=timedelta(days=14),
    ),
    webhooks=Webhooks(junk_answer=200),
    # ASSUMED: Trendyol publishes no limit. Returns are open for 15 days; a claim on a delivery
    # has been settled within 90.
    retention=timedelta(days=90),
    currencies=frozenset({"SAR"}),
    quotas=QUOTAS,
)


def abilities_of(seller_ships: bool) -> Abilities:
    """The abilities of one account: where the seller pays the carrier, tracking is told."""
    if not seller_ships:
        return ABILITIES
    return ABILITIES.model_copy(
        update={"actions": ABILITIES.actions | {ActionKind.SHIP}, "ships_by": ActionKind.SHIP}
    )
