"""Amazon's own stock of what it sells for us: read, mirrored, never pushed.

Source: Amazon's public models `fbaInventory.json` and `FBAInventoryAvailabilityChangeNotification`.
The token of a page ends after 30 seconds, so that a read may have to begin anew.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import structlog
from pydantic import Field

from canonical.mirrored_stock import MirroredStock
from channels.amazon import quotas
from channels.amazon.calls import Calls
from channels.amazon.notifications import StockMoved
from channels.amazon.options import AccountOptions
from channels.amazon.wire import Moment
from channels.errors import RefusedError
from channels.http import Request
from channels.wiretypes import LooseText, Whole, WireModel

PATH = "fba/inventory/v1/summaries"
RESTARTS = 2

_log = structlog.get_logger("channels.amazon")


class _Reserved(WireModel):
    total: Whole | None = Field(default=None, validation_alias="totalReservedQuantity")


class _Unfulfillable(WireModel):
    total: Whole | None = Field(default=None, validation_alias="totalUnfulfillableQuantity")


class _Details(WireModel):
    fulfillable: Whole | None = Field(default=None, validation_alias="fulfillableQuantity")
    working: Whole | None = Field(default=None, validation_alias="inboundWorkingQuantity")
    shipped: Whole | None = Field(default=None, validation_alias="inboundShippedQuantity")
    receiving: Whole | None = Field(default=None, validation_alias="inboundReceivingQuantity")
    reserved: _Reserved = Field(default_factory=_Reserved, validation_alias="reservedQuantity")
    unfulfillable: _Unfulfillable = Field(
        default_factory=_Unfulfillable, validation_alias="unfulfillableQuantity"
    )


class _Summary(WireModel):
    sku: LooseText = Field(default="", validation_alias="sellerSku")
    fnsku: LooseText = Field(default="", validation_alias="fnSku")
    condition: LooseText = ""
    updated: Moment | None = Field(default=None, validation_alias="lastUpdatedTime")
    details: _Details = Field(default_factory=_Details, validation_alias="inventoryDetails")


class _Result(WireModel):
    summaries: tuple[_Summary, ...] = Field(default=(), validation_alias="inventorySummaries")


class _Pagination(WireModel):
    next_token: str = Field(default="", validation_alias="nextToken")


class _Page(WireModel):
    payload: _Result
    pagination: _Pagination = Field(default_factory=_Pagination)
    """Beside the payload, not in it."""


class StockReader:
    """Reads one account's stock at Amazon."""

    def __init__(self, calls: Calls, options: AccountOptions) -> None:
        self._calls = calls
        self._options = options

    async def pages(
        self, since: datetime | None = None
    ) -> AsyncIterator[tuple[MirroredStock, ...]]:
        """All of it, or what changed since an instant; a SKU may come twice, the later counts."""
        token, restarts = "", 0
        while True:
            try:
                page = await self._page(since, token)
            except RefusedError as refused:
                if not token or restarts == RESTARTS:
                    raise
                _log.warning("stock_read_anew", account=self._calls.account, why=refused.message)
                token, restarts = "", restarts + 1
                continue
            now = datetime.now(UTC)
            yield tuple(self._mirrored(s, now) for s in page.payload.summaries if s.sku.strip())
            token = page.pagination.next_token
            if not token:
                return

    async def _page(self, since: datetime | None, token: str) -> _Page:
        marketplace = self._options.marketplace_id
        query: dict[str, str] = {
            "granularityType": "Marketplace",
            "granularityId": marketplace,
            "marketplaceIds": marketplace,
            "details": "true",
        }
        if since is not None:
            query["startDateTime"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if token:
            query["nextToken"] = token
        return await self._calls.read(_Page, Request(quotas.INVENTORY, "GET", PATH, query))

    def _mirrored(self, summary: _Summary, now: datetime) -> MirroredStock:
        details = summary.details
        inbound = [details.working, details.shipped, details.receiving]
        known = [n for n in inbound if n is not None]
        return MirroredStock(
            channel_sku=summary.sku,
            fulfillable=_count(details.fulfillable),
            reserved=_count(details.reserved.total),
            unfulfillable=_count(details.unfulfillable.total),
            inbound=_count(sum(known)) if known else None,
            # Of a read the moment of reading: `lastUpdatedTime` is that of its last movement.
            as_of=now,
        )


def stock_in(moved: StockMoved, marketplace_id: str) -> MirroredStock | None:
    """What a notification says of one marketplace; None where it says nothing of it."""
    for each in moved.by_marketplace:
        if each.marketplace_id == marketplace_id and moved.at is not None:
            reserved = each.counts.reserved
            parts = [reserved.pending, reserved.processing, reserved.transfer]
            known = [n for n in parts if n is not None]
            return MirroredStock(
                channel_sku=moved.sku,
                fulfillable=_count(each.counts.fulfillable),
                reserved=_count(sum(known)) if known else None,
                unfulfillable=_count(each.counts.unfulfillable),
                as_of=moved.at,
            )
    return None


def _count(number: int | None) -> int | None:
    """A negative count is none that anybody can use."""
    return None if number is None or number < 0 else number
