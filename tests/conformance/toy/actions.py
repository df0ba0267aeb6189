"""Writing back: what becomes of an action."""

import json
from typing import Any

from canonical.actions import AcceptParcel, Action, CancelLines, ShipParcel
from canonical.states import SHIPPED_OR_BEYOND, ParcelState
from channels.errors import RefusedError
from channels.http import Request, path_of
from channels.port import Seen
from tests.conformance.toy import quotas
from tests.conformance.toy.abilities import ABILITIES, CHANNEL
from tests.conformance.toy.calls import Calls
from tests.conformance.toy.mapping import state_of
from tests.conformance.toy.orders import OrderReader
from tests.conformance.toy.wire import WireOrder, WireResults, read, read_order

_ACCEPTED = SHIPPED_OR_BEYOND | {ParcelState.ACCEPTED}


class ActionWriter:
    """Carries out actions on one account's orders."""

    def __init__(self, calls: Calls, account: str, reader: OrderReader) -> None:
        self._calls = calls
        self._account = account
        self._reader = reader

    async def perform(self, action: Action) -> None:
        """Sends one action. A refusal of what stands already counts as success."""
        if action.kind not in ABILITIES.actions:
            raise self._refused(action, "there is no such action here", "action.not.offered")
        request = request_of(action)
        try:
            response = await self._calls.send(request)
            self._all_done(action, response.body)
        except RefusedError:
            if await self.read_back(action) is not Seen.APPLIED:
                raise

    async def read_back(self, action: Action) -> Seen:
        """Reads the order and tells whether the action stands."""
        found = await self._reader.one(action.order_id, urgent=True)
        return seen(action, read_order(found[0].body, self._account)) if found else Seen.UNCLEAR

    def _all_done(self, action: Action, body: bytes) -> None:
        """A 200 can still say no."""
        results: WireResults = read(WireResults, body, self._account, str(action.kind))
        for result in results.results:
            if not result.ok:
                raise self._refused(action, result.message, result.code)

    def _refused(self, action: Action, what: str, code: str) -> RefusedError:
        return RefusedError(
            CHANNEL, self._account, str(action.kind), what, action.order_id, code=code
        )


def request_of(action: Action) -> Request:
    """The one request of an action."""
    body: dict[str, Any]
    match action:
        case AcceptParcel():
            operation, body, urgent = quotas.ACCEPT, {}, True
        case ShipParcel():
            told = {"carrier": action.carrier, "tracking": action.tracking_number}
            operation, body, urgent = quotas.SHIP, told, False
        case CancelLines():
            units = {"units": {x.line_id: x.quantity for x in action.lines}}
            operation, body, urgent = quotas.CANCEL, units, True
        case _:
            raise AssertionError(f"{action.kind} is none of the toy's actions")
    return Request(
        operation,
        "POST",
        path_of("orders", action.order_id, operation),
        body=json.dumps(body, ensure_ascii=False).encode(),
        repeatable=False,
        urgent=urgent,
        order_id=action.order_id,
    )


def seen(action: Action, order: WireOrder) -> Seen:
    """Whether the order as it is now shows that the action was applied. Pure."""
    state = state_of(order.status)
    match action:
        case AcceptParcel():
            return _told(state in _ACCEPTED, state)
        case ShipParcel():
            there = (order.carrier, order.tracking) == (action.carrier, action.tracking_number)
            return _told(state in SHIPPED_OR_BEYOND and there, state)
        case CancelLines():
            gone = {item.item_id: item.cancelled for item in order.items}
            all_gone = all(gone.get(x.line_id, 0) >= x.quantity for x in action.lines)
            return _told(all_gone, state)
        case _:
            return Seen.UNCLEAR


def _told(stands: bool, state: ParcelState) -> Seen:
    if stands:
        return Seen.APPLIED
    return Seen.UNCLEAR if state is ParcelState.UNKNOWN else Seen.NOT_APPLIED
