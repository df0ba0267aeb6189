"""What Trendyol can do for a seller in Saudi Arabia, as data."""

from datetime import timedelta

from canonical.abilities import Abilities, Carries, Polling, Returns, Webhooks
from canonical.actions import ActionKind
from channels.trendyol.quotas import QUOTAS

CHANNEL = "trendyol"

DEAD_PARCEL_SETTLES = timedelta(minutes=2)
"""ASSUMED: successors come "asynchronously", and no time is published."""
RETURN_ANSWERED_WITHIN = timedelta(hours=48)
"""A claim that waits for action is accepted after it ("Getting returned orders")."""
WARNING_SHARE = 8
"""A person is called for the last eighth of that time, which is six hours."""

RETURNS_PACE = Polling(
    every=timedelta(minutes=15),
    # The dates may be those of the claim's creation. ASSUMED: none changes after 30 days.
    overlap=timedelta(days=30),
    reach=timedelta(days=30),
)

CURRENCIES = {"SA": "SAR", "AE": "AED", "KW": "KWD", "DE": "EUR", "GR": "EUR", "RO": "RON"}
"""By storefront, which has one each. ASSUMED but for RON; others are not known."""

FINANCE_KINDS = (
    "settlements/Sale",
    "settlements/Return",
    "otherfinancials/PaymentOrder",
    "otherfinancials/DeductionInvoices",
    "otherfinancials/CreditNote",
    "otherfinancials/CommissionInvoice",
)
"""Endpoint and `transactionType`, as the international storefronts have them."""


def returns_answered(within: timedelta) -> Returns:
    """Returns that Trendyol accepts by itself after this time.

    The internal systems are asked again when half of it is over, a person at the last eighth.
    """
    return Returns(
        polling=RETURNS_PACE, warn_before=within / WARNING_SHARE, ask_again_before=within / 2
    )


ABILITIES = Abilities(
    actions=frozenset(ActionKind) - {ActionKind.DELIVER_OTHERWISE},
    event_carries=Carries.PARCEL,
    order_readable=True,
    acknowledges=ActionKind.ACCEPT,
    # ASSUMED: in KSA Trendyol pays and its carrier ships, so that no tracking is told
    # (international guide, order process flow). Where a package says otherwise, it is told.
    ships_by=ActionKind.READY,
    # ASSUMED: nothing is published on how soon a read shows a write.
    visibility_lag=timedelta(seconds=10),
    polling=Polling(
        every=timedelta(minutes=5),
        overlap=timedelta(hours=4),
        reach=timedelta(days=14),
        # Orders have been left out of Trendyol's lists for hours and shown later.
        walk_every=timedelta(days=1),
    ),
    dead_parcel_settles=DEAD_PARCEL_SETTLES,
    # ASSUMED: addresses that are blank at first are there when they are asked for later.
    address_settles=timedelta(minutes=5),
    returns=returns_answered(RETURN_ANSWERED_WITHIN),
    labels=True,
    finance=FINANCE_KINDS,
    webhooks=Webhooks(junk_answer=200),
    # ASSUMED: Trendyol publishes no limit. Returns are open for 15 days; a claim on a delivery
    # has been settled within 90.
    retention=timedelta(days=90),
    currencies=frozenset({CURRENCIES["SA"]}),
    quotas=QUOTAS,
)


def abilities_of(
    *,
    storefront: str = "SA",
    seller_ships: bool = False,
    alternative_delivery: bool = False,
    dead_parcel_settles: timedelta = DEAD_PARCEL_SETTLES,
    returns_answered_within: timedelta = RETURN_ANSWERED_WITHIN,
) -> Abilities:
    """The abilities of one account.

    Args:
        storefront: Where the account sells.
        seller_ships: The seller pays the carrier of all parcels, so that tracking is told.
        alternative_delivery: The account may deliver by drivers of its own.
        dead_parcel_settles: How long a dead package's successor is waited for.
        returns_answered_within: After this Trendyol accepts a return by itself.
    """
    actions = ABILITIES.actions
    if alternative_delivery:
        actions |= {ActionKind.DELIVER_OTHERWISE}
    ships_by = ActionKind.SHIP if seller_ships else ABILITIES.ships_by
    currency = CURRENCIES.get(storefront)
    return ABILITIES.model_copy(
        update={
            "actions": actions,
            "ships_by": ships_by,
            "dead_parcel_settles": dead_parcel_settles,
            "currencies": frozenset({currency} if currency else ()),
            "returns": returns_answered(returns_answered_within),
        }
    )
