"""The port's methods for what a marketplace does not offer; its abilities say so."""

from collections.abc import AsyncIterator
from datetime import datetime

from channels.errors import RefusedError
from channels.port import Document, FinanceRow, OrderPage, RawEvent


class Unoffered:
    """Base of a channel without returns, labels and finance rows: it refuses to be asked for them.

    A channel overrides what it does offer, and declares it in its abilities.
    """

    name: str
    account: str

    def list_returns(self, since: datetime, until: datetime) -> AsyncIterator[OrderPage]:
        raise self._unoffered("list_returns")

    async def fetch_returns(self, order_id: str) -> tuple[RawEvent, ...]:
        raise self._unoffered("fetch_returns", order_id)

    async def label(self, order_id: str, parcel_id: str) -> tuple[Document, ...]:
        raise self._unoffered("label", order_id)

    def list_finance(
        self, kind: str, since: datetime, until: datetime
    ) -> AsyncIterator[tuple[FinanceRow, ...]]:
        raise self._unoffered("list_finance")

    def _unoffered(self, operation: str, order_id: str | None = None) -> RefusedError:
        return RefusedError(
            self.name,
            self.account,
            operation,
            "this marketplace offers no such thing",
            order_id,
            "Its abilities say what it offers (`souk channels`).",
            code="not.offered",
        )
