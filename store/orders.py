"""Orders: recorded from the inbox in one transaction, read as views."""

from collections.abc import AsyncIterator, Callable

from canonical.attention import Attention
from canonical.identity import OrderRef
from canonical.order import Order
from canonical.states import OrderState
from canonical.view import OrderView
from store.results import OrderSummary, Recorded


class Orders:
    """One row for each (channel, account, order id), with lines and parcels."""

    async def record(
        self,
        ref: OrderRef,
        read: Callable[[bytes], Order],
        unreadable: tuple[type[Exception], ...] = (),
    ) -> Recorded:
        """Drains the order's inbox: maps, merges and records in one transaction.

        With nothing to drain it is one read. An event that cannot be read is dead-lettered with
        its reason, and the order says so in `contract_problem`.

        Args:
            ref: The order.
            read: Maps one event's bytes; pure, called within the transaction.
            unreadable: Errors of `read` that mean "this body does not fit".
        """
        raise NotImplementedError

    async def view(self, ref: OrderRef) -> OrderView:
        """What decisions depend on; `exists` is False for an order that is not recorded."""
        raise NotImplementedError

    async def load(self, ref: OrderRef) -> Order | None:
        """The whole canonical order with its personal data."""
        raise NotImplementedError

    async def set_attention(self, ref: OrderRef, attention: Attention | None) -> None:
        """Writes why a person should look, or that no one need. `since` stays for one word."""
        raise NotImplementedError

    async def clear_problems(self, ref: OrderRef) -> None:
        """Forgets what could not be read; a resync reads afresh."""
        raise NotImplementedError

    async def find(
        self,
        *,
        channel: str | None = None,
        account: str | None = None,
        state: OrderState | None = None,
        attention: str | None = None,
        order_id: str | None = None,
        open_only: bool = False,
        limit: int = 100,
    ) -> list[OrderSummary]:
        """Orders that fit all filters given, newest first. `attention="any"`: all that have one."""
        raise NotImplementedError

    def open_refs(self) -> AsyncIterator[OrderRef]:
        """Orders that are not finished, or for which something still waits in the inbox."""
        raise NotImplementedError
