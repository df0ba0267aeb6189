"""What a write makes of a marketplace that does not say, or says the wrong thing.

Each is played with what a seller does to a new order first.
"""

from datetime import timedelta

from canonical.actions import Action
from channels.errors import AmbiguousError, RefusedError, ThrottledError
from channels.port import Seen
from tests.conformance.acts import due, first_action
from tests.conformance.case import ACTS, PARTIAL, case
from tests.conformance.cases.raises import raised
from tests.conformance.stage import Stage

NAMED_S = 9


async def _due(at: Stage) -> Action:
    return await due(at.one, first_action(at.one.abilities))


async def _applied(at: Stage, action: Action) -> int:
    return await at.one.applied(action.order_id, action.kind.value)


@case(
    "write-cut-before-commit",
    "A write whose connection is cut is an AmbiguousError; a read-back says that it was not"
    " applied, and then it can be done.",
    ACTS,
)
async def cut_before(at: Stage) -> None:
    action = await _due(at)
    await at.market.fault(seller=at.one.seller, on="act", kind="cut_before")
    await raised(at.one.channel.perform(action), AmbiguousError)
    assert await _applied(at, action) == 0
    assert await at.one.channel.read_back(action) is Seen.NOT_APPLIED
    await at.one.channel.perform(action)
    assert await _applied(at, action) == 1


@case(
    "write-cut-after-commit",
    "A write that was done and not answered is an AmbiguousError, not repeated; a read-back says"
    " that it was applied.",
    ACTS,
)
async def cut_after(at: Stage) -> None:
    action = await _due(at)
    await at.market.fault(seller=at.one.seller, on="act", kind="cut_after")
    await raised(at.one.channel.perform(action), AmbiguousError)
    assert await at.one.channel.read_back(action) is Seen.APPLIED
    assert await _applied(at, action) == 1


@case(
    "error-that-was-applied",
    "A 5xx to a write is an AmbiguousError; where it was applied all the same, a read-back says"
    " so.",
    ACTS,
)
async def applied_all_the_same(at: Stage) -> None:
    action = await _due(at)
    await at.market.fault(seller=at.one.seller, on="act", kind="broken_after", status=500)
    await raised(at.one.channel.perform(action), AmbiguousError)
    assert await at.one.channel.read_back(action) is Seen.APPLIED
    assert await _applied(at, action) == 1


@case(
    "server-error-on-write",
    "A 5xx to a write that was not applied is an AmbiguousError, sent once; a read-back says so.",
    ACTS,
)
async def server_error(at: Stage) -> None:
    action = await _due(at)
    await at.market.fault(seller=at.one.seller, on="act", kind="broken", status=503)
    before = (await at.one.ledger()).parts["act"].calls
    await raised(at.one.channel.perform(action), AmbiguousError)
    assert (await at.one.ledger()).parts["act"].calls - before == 1
    assert await at.one.channel.read_back(action) is Seen.NOT_APPLIED


@case(
    "page-instead-of-a-confirmation",
    "An HTML page with a 200 does not confirm a write: somebody else has answered.",
    ACTS,
)
async def page_instead(at: Stage) -> None:
    action = await _due(at)
    await at.market.fault(seller=at.one.seller, on="act", kind="page", status=200)
    await raised(at.one.channel.perform(action), AmbiguousError)
    assert await _applied(at, action) == 0
    assert await at.one.channel.read_back(action) is Seen.NOT_APPLIED


@case("slow-write", "A write that takes its time is waited for, and sent once.", ACTS)
async def slow(at: Stage) -> None:
    action = await _due(at)
    await at.market.fault(seller=at.one.seller, on="act", kind="slow", seconds=1.2)
    before = (await at.one.ledger()).parts["act"].calls
    await at.one.channel.perform(action)
    assert (await at.one.ledger()).parts["act"].calls - before == 1
    assert await _applied(at, action) == 1


@case(
    "write-throttled",
    "A 429 to a write is a ThrottledError; nothing was done, and later it is.",
    ACTS,
)
async def throttled(at: Stage) -> None:
    action = await _due(at)
    await at.market.fault(seller=at.one.seller, on="act", kind="throttled", retry_after=NAMED_S)
    error = await raised(at.one.channel.perform(action), ThrottledError)
    named = timedelta(seconds=NAMED_S)
    if at.one.abilities.names_wait:
        assert abs(error.retry_after - named) <= timedelta(seconds=1)
    assert error.retry_after > timedelta(0)
    assert await _applied(at, action) == 0
    await at.one.channel.perform(action)
    assert await _applied(at, action) == 1


@case(
    "write-refused",
    "A refusal is a RefusedError that names the order and has the marketplace's words; it is not"
    " sent again.",
    ACTS,
)
async def refused(at: Stage) -> None:
    action = await _due(at)
    await at.market.fault(seller=at.one.seller, on="act", kind="refused")
    before = (await at.one.ledger()).parts["act"].calls
    error = await raised(at.one.channel.perform(action), RefusedError)
    assert error.order_id == action.order_id
    assert error.code and error.message
    assert (await at.one.ledger()).parts["act"].calls - before == 1
    assert await _applied(at, action) == 0


@case(
    "partial-failure",
    "A good status whose body says that it was not done is a RefusedError.",
    ACTS,
    PARTIAL,
)
async def partial(at: Stage) -> None:
    action = await _due(at)
    await at.market.fault(seller=at.one.seller, on="act", kind="partial")
    error = await raised(at.one.channel.perform(action), RefusedError)
    assert error.order_id == action.order_id
    assert await _applied(at, action) == 0
