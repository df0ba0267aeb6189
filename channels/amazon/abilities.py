"""What Amazon can do for a seller in Saudi Arabia, as data."""

from datetime import timedelta

from canonical.abilities import Abilities, Carries, Polling
from canonical.actions import ActionKind
from channels.amazon.quotas import quotas_of

CHANNEL = "amazon"

VISIBILITY_LAG = timedelta(minutes=2)
"""Documented of searches ("Get orders with filtering criteria"); of getOrder it is ASSUMED."""
SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
ALL_ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
FBA_SHIPMENTS = "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL"
FBA_RETURNS = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
DOCUMENT_KINDS = (SETTLEMENT, ALL_ORDERS, FBA_SHIPMENTS, FBA_RETURNS)
"""Report types."""

SWEEP_EVERY = timedelta(minutes=5)
"""12 searches an hour of the 20 that the quota gives back; the others are for further pages."""

LOOK_EVERY = timedelta(minutes=15)
"""At reports; the quota gives a call back every 45 s. Settlements come every two weeks."""


def abilities_of(time_scale: float = 1.0, *, has_queue: bool = False) -> Abilities:
    """The abilities of an account.

    Args:
        time_scale: How much faster than real a sandbox's clock runs; 1 at Amazon.
        has_queue: Whether the account names the queue that notifications go to.
    """
    return Abilities(
        actions=frozenset({ActionKind.READY, ActionKind.SHIP, ActionKind.CANCEL_LINES}),
        event_carries=Carries.NOTICE,
        order_readable=True,
        names_wait=False,
        tokens=True,
        # There is no acknowledge call: the feed of that name cancels.
        acknowledges=None,
        # Easy Ship, the normal case in Saudi Arabia: Amazon's carrier comes. Parcels that the
        # seller's own carrier takes say so themselves.
        ships_by=ActionKind.READY,
        ships_parts=True,
        invoiced_when_ready=False,
        visibility_lag=VISIBILITY_LAG / time_scale,
        polling=Polling(
            every=SWEEP_EVERY / time_scale,
            overlap=timedelta(minutes=15),
            reach=timedelta(days=30),
        ),
        # "personally identifiable information ... 30 days after order delivery" (data protection
        # policy).
        retention=timedelta(days=30),
        currencies=frozenset({"SAR"}),
        pushes_to_queue=has_queue,
        stock_mirrored=True,
        documents=DOCUMENT_KINDS,
        # A report counts from when it was asked for, and may be done much later.
        documents_polling=Polling(
            every=LOOK_EVERY / time_scale, overlap=timedelta(days=2), reach=timedelta(days=90)
        ),
        quotas=quotas_of(time_scale),
    )


ABILITIES = abilities_of()
