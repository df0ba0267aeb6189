"""Writing back: each action twice, and against a customer who changes their mind."""

import asyncio

from canonical.actions import Action
from channels.errors import RefusedError
from channels.port import Seen
from tests.conformance.acts import due
from tests.conformance.case import ACTS, SHIPS, case
from tests.conformance.cases.raises import raised
from tests.conformance.market import OperatorError
from tests.conformance.stage import Stage

HEAD_START_S = 0.03


@case(
    "each-action-twice",
    "Each action that is offered takes effect once when it is done twice, and the second is no"
    " error.",
    ACTS,
)
async def twice(at: Stage) -> None:
    for kind in sorted(at.one.abilities.actions):
        action = await due(at.one, kind)
        before = await at.one.channel.read_back(action)
        assert before is not Seen.APPLIED, f"{kind} stood before"
        await at.one.channel.perform(action)
        assert await at.one.applied(action.order_id, kind.value) == 1, f"{kind} was not applied"
        await at.one.channel.perform(action)
        assert await at.one.applied(action.order_id, kind.value) == 1, f"{kind} was applied twice"
        assert await at.one.channel.read_back(action) is Seen.APPLIED, f"{kind} is not seen"


@case(
    "cancelled-before-shipping",
    "What ships an order that its customer has cancelled is a RefusedError, and does not ship.",
    SHIPS,
)
async def cancelled_before(at: Stage) -> None:
    kind = at.one.abilities.ships_by
    action = await due(at.one, kind)
    await at.market.change(at.one.seller, action.order_id, what="cancel")
    await raised(at.one.channel.perform(action), RefusedError)
    assert await at.one.applied(action.order_id, kind.value) == 0
    assert await at.one.channel.read_back(action) is not Seen.APPLIED


@case(
    "cancel-races-ship",
    "A customer's cancel at the same time as shipping: what the channel says is what happened.",
    SHIPS,
)
async def cancel_races_ship(at: Stage) -> None:
    kind = at.one.abilities.ships_by
    for cancel_first in (True, False, True):
        action = await due(at.one, kind)
        ship = asyncio.create_task(_done(at, action)) if not cancel_first else None
        cancel = asyncio.create_task(_cancel(at, action.order_id))
        if ship is None:
            await asyncio.wait([cancel], timeout=HEAD_START_S)
            ship = asyncio.create_task(_done(at, action))
        said, cancelled = await asyncio.gather(ship, cancel)
        happened = await at.one.applied(action.order_id, kind.value)
        assert happened <= 1
        assert said == bool(happened), f"it says {said}, and the ledger has {happened}"
        seen = await at.one.channel.read_back(action)
        if happened and not cancelled:
            assert seen is Seen.APPLIED
        if not happened:
            assert seen is not Seen.APPLIED


async def _done(at: Stage, action: Action) -> bool:
    """Whether the channel says that it was done."""
    try:
        await at.one.channel.perform(action)
    except RefusedError:
        return False
    return True


async def _cancel(at: Stage, order_id: str) -> bool:
    """Whether the marketplace let the customer cancel."""
    try:
        await at.market.change(at.one.seller, order_id, what="cancel")
    except OperatorError:
        return False
    return True
