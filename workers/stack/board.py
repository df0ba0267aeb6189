"""What the live table shows, gathered once a second."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from activities.signatures.start import ORDERS_TOPIC
from canonical.states import FINISHED_ORDER, OrderState
from store import Store
from store.results import InboxState, OrderSummary
from workers.stack.http import call
from workers.stack.stack import Stack
from workers.stack.traffic import Progress, progress

RECENT = 8
UNREAD = frozenset({f"{ORDERS_TOPIC}/Subscriptions/finance"})
"""What no program of the embedded stack reads: there is an ERP, and no finance system."""


@dataclass(frozen=True)
class Board:
    """One look at the running stack."""

    traffic: Progress
    orders: Mapping[tuple[str, str], Mapping[OrderState, int]]
    """By (channel, account), orders by state."""
    attention: Mapping[str, int]
    inbox: Mapping[InboxState, int]
    waiting: Mapping[str, int]
    """Messages on the bus by entity, where somebody here reads them and there are any."""
    dead_letters: int
    throttled_calls: int
    recent: Sequence[OrderSummary]
    restarts: int

    @property
    def recorded(self) -> int:
        """Orders in the store."""
        return sum(sum(states.values()) for states in self.orders.values())

    @property
    def finished(self) -> int:
        """Orders in the store that are delivered, returned or cancelled, or shipped for good.

        Only a marketplace knows for how many shipped orders nothing more is told.
        """
        ended = sum(self._in_state(state) for state in FINISHED_ORDER)
        return ended + min(self._in_state(OrderState.SHIPPED), self.traffic.shipped)

    def _in_state(self, state: OrderState) -> int:
        return sum(states.get(state, 0) for states in self.orders.values())


async def look(stack: Stack, store: Store) -> Board:
    """Asks store, bus and marketplaces.

    Raises:
        CallError: A part does not answer just now.
        StoreUnavailableError: The database does not.
    """
    traffic, entities, throttled, report, orders, recent = await asyncio.gather(
        progress(stack.channels),
        call("GET", f"{stack.addresses.bus_admin}/entities"),
        _throttled(stack),
        store.inbox.counts(),
        store.report.orders_by_account(),
        store.orders.find(limit=RECENT),
    )
    rows = entities["queues"] | entities["subscriptions"]
    read = {name: row for name, row in rows.items() if name not in UNREAD}
    return Board(
        traffic=traffic,
        orders=orders.states,
        attention=orders.attention,
        inbox=report,
        waiting={name: row["active"] for name, row in read.items() if row["active"]},
        dead_letters=sum(row["dead_lettered"] for row in rows.values()),
        throttled_calls=throttled,
        recent=recent,
        restarts=stack.supervisor.restarts,
    )


async def _throttled(stack: Stack) -> int:
    ledgers = await asyncio.gather(
        *(call("GET", f"{c.operator_url}/ledger?orders=false") for c in stack.channels)
    )
    return sum(_throttled_in(ledger) for ledger in ledgers)


def _throttled_in(ledger: dict[str, Any]) -> int:
    accounts = ledger["accounts"].values()
    return sum(calls["throttled"] for account in accounts for calls in account["calls"].values())
