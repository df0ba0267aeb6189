"""Writing back: what becomes of an action.

What a refusal looks like and that a repeat is answered 200 is ASSUMED: neither is published.
"""

from typing import cast

from canonical.abilities import Abilities
from canonical.actions import AcceptParcel, Action, AnswerReturn, ReadyParcel
from canonical.commands import ShipLine
from channels.errors import ContractError, RefusedError
from channels.http import HttpClient
from channels.port import Seen
from channels.trendyol.abilities import CHANNEL
from channels.trendyol.answers import ReturnAnswerer
from channels.trendyol.options import AccountOptions
from channels.trendyol.orders import OrderReader
from channels.trendyol.requests import ParcelAction, request_of
from channels.trendyol.seen import seen
from channels.trendyol.wire import Package, read_package


class ActionWriter:
    """Carries out actions on one account's packages and claims."""

    def __init__(
        self,
        http: HttpClient,
        account: str,
        options: AccountOptions,
        abilities: Abilities,
        reader: OrderReader,
        answerer: ReturnAnswerer,
    ) -> None:
        self._http = http
        self._account = account
        self._options = options
        self._abilities = abilities
        self._reader = reader
        self._answerer = answerer

    async def perform(self, action: Action) -> None:
        """Sends one action. A refusal of what stands already counts as success.

        Raises:
            RefusedError: Trendyol said no, and a read shows that it does not stand.
            AmbiguousError: It was sent, and no answer tells.
        """
        if action.kind not in self._abilities.actions:
            raise self._refused(action, "this account has no such action", "action.not.offered")
        if not isinstance(action, AnswerReturn):
            ready = await self._with_lines(action)
            if ready is None:
                return
            action = ready
        try:
            if isinstance(action, AnswerReturn):
                await self._answerer.answer(action)
            else:
                await self._http.send(request_of(action, self._options.seller_id))
        except RefusedError:
            # A repeat, after its first answer was lost, is refused by what has moved on.
            if await self.read_back(action) is not Seen.APPLIED:
                raise

    async def read_back(self, action: Action) -> Seen:
        """Reads the order, or the claim, and tells whether the action stands."""
        if isinstance(action, AnswerReturn):
            return await self._answerer.seen(action)
        return seen(action, await self._packages(action))

    async def _with_lines(self, action: ParcelAction) -> ParcelAction | None:
        """The action as it can be sent; None where it stands already."""
        if not isinstance(action, AcceptParcel | ReadyParcel) or action.lines:
            return action
        package = await self._shown(action)
        if seen(action, [package]) is Seen.APPLIED:
            return None
        lines = [ShipLine(line_id=x.line_id, quantity=x.quantity) for x in package.lines]
        return cast(ParcelAction, action.model_copy(update={"lines": tuple(lines)}))

    async def _packages(self, action: ParcelAction) -> list[Package]:
        packages = []
        for event in await self._reader.one(action.order_id, urgent=True):
            try:
                packages.append(read_package(event.body, self._account))
            except ContractError:
                # Another package of the order; the one in question is missed if it is not there.
                continue
        return packages

    async def _shown(self, action: ParcelAction) -> Package:
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
