"""Writing back: what becomes of an action.

Source: developers.trendyol.com, "Update package status", "Cancel package" and "Update tracking
number". What a refusal looks like and that a repeat is answered 200 is ASSUMED.
"""

import json
from collections.abc import Iterable
from typing import Any, assert_never

from canonical.abilities import Abilities
from canonical.actions import AcceptParcel, Action, CancelLines, ReadyParcel, ShipParcel
from canonical.commands import ShipLine
from channels.errors import ContractError, RefusedError
from channels.http import HttpClient, Request, path_of
from channels.port import Seen
from channels.trendyol import quotas
from channels.trendyol.abilities import CHANNEL
from channels.trendyol.options import AccountOptions
from channels.trendyol.orders import OrderReader
from channels.trendyol.seen import seen
from channels.trendyol.wire import Package, read_package

REASONS = {"out_of_stock": 500, "damaged": 501, "wrong_price": 502, "other": 504}
"""`reasonId`s; 504 is the cancel page's integration error. 503 is not known everywhere."""


class ActionWriter:
    """Carries out actions on one account's packages."""

    def __init__(
        self,
        http: HttpClient,
        account: str,
        options: AccountOptions,
        abilities: Abilities,
        reader: OrderReader,
    ) -> None:
        self._http = http
        self._account = account
        self._options = options
        self._abilities = abilities
        self._reader = reader

    async def perform(self, action: Action) -> None:
        """Sends one action. A refusal of what stands already counts as success.

        Raises:
            RefusedError: Trendyol said no, and a read shows that it does not stand.
            AmbiguousError: It was sent, and no answer tells.
        """
        if action.kind not in self._abilities.actions:
            raise self._refused(action, "this account has no such action", "action.not.offered")
        if isinstance(action, AcceptParcel | ReadyParcel) and not action.lines:
            package = await self._shown(action)
            if seen(action, [package]) is Seen.APPLIED:
                return
            lines = [ShipLine(line_id=x.line_id, quantity=x.quantity) for x in package.lines]
            action = action.model_copy(update={"lines": tuple(lines)})
        try:
            await self._http.send(self._request(action))
        except RefusedError:
            # A repeat, after its first answer was lost, is refused by a package that moved on.
            if await self.read_back(action) is not Seen.APPLIED:
                raise

    async def read_back(self, action: Action) -> Seen:
        """Reads the order and tells whether the action stands."""
        return seen(action, await self._packages(action))

    async def _packages(self, action: Action) -> list[Package]:
        packages = []
        for event in await self._reader.one(action.order_id, urgent=True):
            try:
                packages.append(read_package(event.body, self._account))
            except ContractError:
                # Another package of the order; the one in question is missed if it is not there.
                continue
        return packages

    async def _shown(self, action: Action) -> Package:
        for package in await self._packages(action):
            if package.package_id == action.parcel_id:
                return package
        what = f"Trendyol does not show package {action.parcel_id}"
        raise self._refused(action, what, "package.not.shown")

    def _refused(self, action: Action, what: str, code: str) -> RefusedError:
        return RefusedError(
            CHANNEL,
            self._account,
            str(action.kind),
            what,
            action.order_id,
            "Look the package up in the seller panel.",
            code=code,
        )

    def _request(self, action: Action) -> Request:
        match action:
            case AcceptParcel():
                body = _status("Picking", action.lines, {})
                return self._put(action, quotas.STATUS, (), body, urgent=True)
            case ReadyParcel():
                number = action.invoice_number
                params = {"invoiceNumber": number} if number else {}
                return self._put(
                    action, quotas.STATUS, (), _status("Invoiced", action.lines, params)
                )
            case CancelLines():
                body = {
                    "lines": _lines(action.lines),
                    "reasonId": REASONS[action.reason],
                    # Else the successor starts at Created again.
                    "shouldKeepPreviousStatus": True,
                }
                below = ("items", "unsupplied")
                return self._put(action, quotas.UNSUPPLIED, below, body, urgent=True)
            case ShipParcel():
                body = {
                    "cargoSenderNumber": action.tracking_number,
                    "providerCode": action.carrier,
                }
                return self._put(action, quotas.TRACKING, ("tracking-details",), body)
            case _:
                assert_never(action)

    def _put(
        self,
        action: Action,
        operation: str,
        below: tuple[str, ...],
        body: dict[str, Any],
        *,
        urgent: bool = False,
    ) -> Request:
        seller = self._options.seller_id
        return Request(
            operation,
            "PUT",
            path_of("order", "sellers", seller, "shipment-packages", action.parcel_id, *below),
            body=json.dumps(body, ensure_ascii=False).encode(),
            repeatable=False,
            urgent=urgent,
            order_id=action.order_id,
        )


def _status(status: str, lines: Iterable[ShipLine], params: dict[str, str]) -> dict[str, Any]:
    return {"lines": _lines(lines), "params": params, "status": status}


def _lines(lines: Iterable[ShipLine]) -> list[dict[str, int | str]]:
    return [{"lineId": _number(x.line_id), "quantity": x.quantity} for x in lines]


def _number(line_id: str) -> int | str:
    """Line ids are JSON numbers at Trendyol and text with us."""
    return int(line_id) if line_id.isascii() and line_id.isdecimal() else line_id
