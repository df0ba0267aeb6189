"""Writing back: each action twice, and against a customer who changes their mind."""

import asyncio

from canonical.actions import ActionKind
from channels.errors import AmbiguousError, RefusedError
from channels.port import Seen
from tests.conformance.acts import due
from tests.conformance.case import SHIPS, Play, case, has
from tests.conformance.cases.raises import raised
from tests.conformance.stage import Stage


def _twice(kind: ActionKind) -> Play:
    async def play(at: Stage) -> None:
        action = await due(at.one, kind)
        assert await at.one.channel.read_back(action) is not Seen.APPLIED, "it stood before"
        await at.one.channel.perform(action)
        assert await at.one.applied(action.order_id, kind.value) == 1
        await at.one.channel.perform(action)
        assert await at.one.applied(action.order_id, kind.value) == 1, "it took effect twice"
        assert await at.one.channel.read_back(action) is Seen.APPLIED

    return play


for _kind in ActionKind:
    case(
        f"{_kind.value.replace('_', '-')}-twice",
        f"`{_kind.value}` done twice takes effect once, and the second is no error.",
        has(_kind),
    )(_twice(_kind))


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
    for _ in range(3):
        action = await due(at.one, kind)
        cancel = asyncio.create_task(_cancel(at, action.order_id))
        try:
            await at.one.channel.perform(action)
            said = True
        except (RefusedError, AmbiguousError):
            said = False
        cancelled = await cancel
        happened = await at.one.applied(action.order_id, kind.value)
        assert happened <= 1
        assert said == bool(happened), f"it says {said}, and the ledger has {happened}"
        seen = await at.one.channel.read_back(action)
        if happened and not cancelled:
            assert seen is Seen.APPLIED
        if not happened:
            assert seen is not Seen.APPLIED


async def _cancel(at: Stage, order_id: str) -> bool:
    """Whether the marketplace let the customer cancel."""
    try:
        await at.market.change(at.one.seller, order_id, what="cancel")
    except AssertionError:
        return False
    return True
