"""Cancelling order items by the acknowledgement feed, and refunding by the adjustment feed.

Source: developer-docs, "Order Feed Type Values". There is no call that cancels; the feed cancels
whole order items, and only before they are shipped.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from canonical.actions import CancelLines
from canonical.states import ParcelState
from channels.amazon.abilities import CHANNEL
from channels.amazon.feeds import Feed, Feeds
from channels.amazon.flatfiles import (
    ACKNOWLEDGEMENT,
    ADJUSTMENT,
    BUYER_CANCELLED,
    CONTENT_TYPE,
    REASONS,
    Adjustment,
    adjustments,
    cancellations,
    result_of,
)
from channels.amazon.options import AccountOptions
from channels.amazon.parcels import rest_state
from channels.amazon.wire import Item, WireOrder
from channels.errors import AmbiguousError, RefusedError, ThrottledError
from channels.port import Seen

PATIENCE = timedelta(seconds=60)
"""For a feed to end within one attempt; a longer one is looked for by the next."""
LOOK_BACK = timedelta(hours=12)
"""Feeds have been in the queue for so long (models issue 4823)."""
ASK_AGAIN = timedelta(minutes=1)


class Cancelling:
    """Cancels and refunds for one account."""

    def __init__(self, account: str, options: AccountOptions, feeds: Feeds) -> None:
        self._account = account
        self._options = options
        self._feeds = feeds

    async def cancel(self, action: CancelLines, order: WireOrder) -> None:
        """Cancels items, and waits a while for Amazon to say what became of it.

        Raises:
            RefusedError: Amazon said no, or units of an item are asked for.
            AmbiguousError: The feed is still being worked on.
        """
        if seen(action, order) is Seen.APPLIED:
            return
        self._may_be_cancelled(action, order)
        asked = any(i.cancellation.asked for i in _meant(action, order))
        reason = BUYER_CANCELLED if asked else REASONS[action.reason]
        content = cancellations(action.order_id, (x.line_id for x in action.lines), reason)
        feed_id = await self._feeds.submit(
            ACKNOWLEDGEMENT, content, CONTENT_TYPE, order_id=action.order_id
        )
        await self._ended(feed_id, action.order_id, str(action.kind))

    async def refund(self, rows: Iterable[Adjustment], order_id: str) -> None:
        """Refunds amounts of items. It is not read back: no call shows a refund.

        Raises:
            RefusedError: Amazon said no.
            AmbiguousError: The feed is still being worked on.
        """
        feed_id = await self._feeds.submit(
            ADJUSTMENT, adjustments(rows), CONTENT_TYPE, order_id=order_id
        )
        await self._ended(feed_id, order_id, "refund")

    async def read_back(self, action: CancelLines, order: WireOrder) -> Seen:
        """Whether the items are cancelled.

        Raises:
            ThrottledError: A feed of this kind is still being worked on: ask again later.
        """
        found = seen(action, order)
        if found is not Seen.NOT_APPLIED:
            return found
        since = datetime.now(UTC) - LOOK_BACK
        pending = [f for f in await self._feeds.recent(ACKNOWLEDGEMENT, since) if not f.ended]
        if pending:
            raise ThrottledError(
                CHANNEL,
                self._account,
                str(action.kind),
                f"feed {pending[0].feed_id} is still being worked on by Amazon",
                action.order_id,
                retry_after=ASK_AGAIN / self._options.time_scale,
            )
        return Seen.NOT_APPLIED

    async def _ended(self, feed_id: str, order_id: str, operation: str) -> None:
        feed = await self._feeds.followed(feed_id, PATIENCE)
        if not feed.ended:
            raise AmbiguousError(
                CHANNEL,
                self._account,
                operation,
                f"feed {feed_id} is {feed.status} after {PATIENCE.seconds} s",
                order_id,
                "The order is read again until the feed has ended.",
            )
        words = await self._complaints(feed)
        if words or feed.status.upper() != "DONE":
            what = words or f"feed {feed_id} ended as {feed.status}"
            raise RefusedError(
                CHANNEL,
                self._account,
                operation,
                what,
                order_id,
                "Look at the order in Seller Central.",
                code=f"feed.{feed.status.lower()}",
            )

    async def _complaints(self, feed: Feed) -> str:
        """What Amazon says against it; one that took nothing took nothing of ours."""
        if not feed.result_id:
            return ""
        result = result_of(await self._feeds.result(feed.result_id))
        told = [f"{i.code} {i.message}".strip() for i in result.issues if i.is_error]
        if not told and result.processed and result.accepted == 0:
            return f"feed {feed.feed_id}: none of {result.processed} records was accepted"
        return f"feed {feed.feed_id}: {'; '.join(told)}" if told else ""

    def _may_be_cancelled(self, action: CancelLines, order: WireOrder) -> None:
        about = (CHANNEL, self._account, str(action.kind))
        left = {i.item_id: _left(i) for i in order.items}
        partial = [x.line_id for x in action.lines if left.get(x.line_id, 0) > x.quantity]
        if partial:
            raise RefusedError(
                *about,
                f"Amazon cancels whole order items, and item {partial[0]} has"
                f" {left[partial[0]]} units that have not left",
                action.order_id,
                "Reject all of its units, or refund some of them after shipping.",
                code="item.in.part",
            )
        gone = [x.line_id for x in action.lines if not left.get(x.line_id)]
        if gone:
            raise RefusedError(
                *about,
                f"nothing of item {gone[0]} is left to be cancelled",
                action.order_id,
                "What has left is refunded in Seller Central.",
                code="item.gone",
            )


def seen(action: CancelLines, order: WireOrder) -> Seen:
    """Whether an order shows its items as cancelled."""
    items = _meant(action, order)
    if len(items) < len(action.lines):
        return Seen.UNCLEAR
    if rest_state(order) is ParcelState.UNKNOWN:
        return Seen.UNCLEAR
    cancelled = rest_state(order) is ParcelState.CANCELLED
    if cancelled or all(_left(i) == 0 and _was_cancelled(i) for i in items):
        return Seen.APPLIED
    return Seen.NOT_APPLIED


def _meant(action: CancelLines, order: WireOrder) -> list[Item]:
    wanted = {x.line_id for x in action.lines}
    return [i for i in order.items if i.item_id in wanted]


def _was_cancelled(item: Item) -> bool:
    fulfilled = (item.fulfillment and item.fulfillment.fulfilled) or 0
    return item.cancellation.done is not None or fulfilled < item.ordered or item.ordered == 0


def _left(item: Item) -> int:
    told = item.fulfillment
    if told is not None and told.unfulfilled is not None:
        return told.unfulfilled
    return item.ordered - ((told and told.fulfilled) or 0)
