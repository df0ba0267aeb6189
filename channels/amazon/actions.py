"""Writing back: what becomes of an action."""

import asyncio
from datetime import UTC, datetime

from canonical.abilities import Abilities
from canonical.actions import Action, CancelLines, ReadyParcel, ShipParcel
from channels.amazon.abilities import CHANNEL
from channels.amazon.calls import Calls
from channels.amazon.cancelling import Cancelling
from channels.amazon.easyship import EasyShip
from channels.amazon.errors import ROLE_MISSING
from channels.amazon.options import AccountOptions
from channels.amazon.orders import OrderReader
from channels.amazon.parcels import is_amazons
from channels.amazon.shipping import request_of, seen
from channels.amazon.wire import WireOrder, read_order
from channels.errors import RefusedError
from channels.port import Seen

NOTHING_LEFT = "PackageToUpdateNotFound"
"""ASSUMED, as users report it: what a repeated confirmation is told. It only makes the order be
read once more; what the read shows decides."""


class ActionWriter:
    """Carries out actions on one account's orders."""

    def __init__(
        self,
        calls: Calls,
        options: AccountOptions,
        abilities: Abilities,
        reader: OrderReader,
        cancelling: Cancelling,
        easy_ship: EasyShip,
    ) -> None:
        self._calls = calls
        self._options = options
        self._abilities = abilities
        self._reader = reader
        self._cancelling = cancelling
        self._easy_ship = easy_ship

    async def perform(self, action: Action) -> None:
        """Carries out one action. A refusal of what stands already counts as success.

        Raises:
            RefusedError: Amazon said no, and a read shows that it does not stand.
            AmbiguousError: It was sent, and no answer tells.
        """
        match action:
            case ShipParcel():
                await self._confirm(action)
            case ReadyParcel():
                await self._easy_ship.schedule(action)
            case CancelLines():
                order = await self._sellers_own(action)
                await self._cancelling.cancel(action, order)
            case _:
                what = "Amazon has no such action"
                raise self._refused(action, what, "action.not.offered", "Do it in Seller Central.")

    async def read_back(self, action: Action) -> Seen:
        """Reads the order and tells whether the action stands."""
        match action:
            case ShipParcel():
                return seen(action, await self._order(action))
            case ReadyParcel():
                return await self._easy_ship.seen(action)
            case CancelLines():
                return await self._cancelling.read_back(action, await self._order(action))
            case _:
                return Seen.UNCLEAR

    async def _confirm(self, action: ShipParcel) -> None:
        if not action.tracking_number.strip():
            raise self._refused(
                action,
                "Amazon takes no shipment without a tracking number",
                "tracking.missing",
                "Send `ship` again with `carrier` and `tracking_number`.",
            )
        try:
            await self._calls.send(request_of(action, self._options, datetime.now(UTC)))
        except RefusedError as refused:
            # A repeat, after its first answer was lost, finds nothing left to confirm.
            repeated = NOTHING_LEFT in refused.message
            if refused.code == ROLE_MISSING or not await self._stands(action, repeated):
                raise

    async def _stands(self, action: ShipParcel, repeated: bool) -> bool:
        """Reads at once; after a repeat again, when a read is sure to show what was written."""
        if seen(action, await self._order(action)) is Seen.APPLIED:
            return True
        if not repeated:
            return False
        await asyncio.sleep(self._abilities.visibility_lag.total_seconds())
        return seen(action, await self._order(action)) is Seen.APPLIED

    async def _sellers_own(self, action: CancelLines) -> WireOrder:
        order = await self._order(action)
        if is_amazons(order):
            what = "Amazon fulfils this order itself, and only Amazon or the buyer can cancel it"
            raise self._refused(action, what, "order.amazons", "Nothing is to be done.")
        return order

    async def _order(self, action: Action) -> WireOrder:
        body = await self._reader.body(action.order_id, urgent=True)
        if body is None:
            what = f"Amazon does not show order {action.order_id}"
            raise self._refused(action, what, "order.not.shown", "Look it up in Seller Central.")
        return read_order(body, self._calls.account)

    def _refused(self, action: Action, what: str, code: str, hint: str) -> RefusedError:
        return RefusedError(
            CHANNEL,
            self._calls.account,
            str(action.kind),
            what,
            action.order_id,
            hint,
            code=code,
        )
