"""A marketplace that only says that an order changed, and one that fulfils it itself."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from canonical.abilities import Carries
from canonical.envelope import EventIdentity
from canonical.identity import OrderRef
from canonical.notice import Notice
from canonical.order import FulfilledBy, Order
from canonical.states import ParcelState
from channels.port import RawEvent
from store import Store
from tests.fixtures.histories import Keep
from tests.fixtures.toy import TOY_ABILITIES, ToyChannel, order_of
from tests.fixtures.world import World

LAG = timedelta(minutes=2)
ABILITIES = TOY_ABILITIES.model_copy(
    update={"event_carries": Carries.NOTICE, "visibility_lag": LAG, "acknowledges": None}
)
CHANGED_AT = datetime.now(UTC)


class NotifyingChannel(ToyChannel):
    """Counts reads; its events may be notices."""

    def __init__(self, name: str) -> None:
        super().__init__(name, abilities=ABILITIES)
        self.reads = 0

    def to_canonical(self, body: bytes) -> Order | Notice:  # type: ignore[override]
        if b'"changed_at"' in body[:60]:
            return Notice.model_validate_json(body)
        return super().to_canonical(body)

    async def fetch_order(self, order_id: str) -> tuple[RawEvent, ...]:
        self.reads += 1
        return await super().fetch_order(order_id)


def notice(ref: OrderRef, number: int) -> RawEvent:
    told = f'{{"changed_at": "{CHANGED_AT.isoformat()}", "order_id": "{ref.order_id}"}}'
    identity = EventIdentity(
        event_id=f"n:{ref.order_id}:{number}", order_id=ref.order_id, version=1
    )
    return RawEvent(told.encode(), identity)


@pytest.fixture
def world(skipping: WorkflowEnvironment, store: Store) -> World:
    return World(skipping.client, store, NotifyingChannel("notifying"))


def reads(world: World) -> int:
    assert isinstance(world.channel, NotifyingChannel)
    return world.channel.reads


async def test_ten_notices_of_an_unknown_order_are_one_read_and_one_order(
    world: World, keep_history: Keep
) -> None:
    ref = world.ref("9001")
    world.channel.put(order_of(ref).model_copy(update={"changed_at": CHANGED_AT}))
    async with world.working():
        await world.hook(ref, *(notice(ref, n) for n in range(10)))
        await world.until_told("order.received")
        await keep_history(world.handle(ref), "order-noticed")
        await world.handle(ref).terminate()
    assert reads(world) == 1
    assert world.bus.kinds == ["order.received"]
    view = await world.store.orders.view(ref)
    assert (view.notices, view.version) == (10, 1)


async def test_what_the_marketplace_fulfils_is_told_to_its_end_and_never_acted_upon(
    world: World, keep_history: Keep
) -> None:
    ref = world.ref("9002")
    placed = order_of(ref).model_copy(
        update={
            "fulfilled_by": FulfilledBy.MARKETPLACE,
            "changed_at": CHANGED_AT,
            "over_at": CHANGED_AT,
        }
    )
    async with world.working():
        await world.hook(ref, world.channel.put(placed))
        await world.until_told("order.received")
        await world.accept(ref)
        await world.hook(ref, world.channel.move(ref.order_id, ParcelState.SHIPPED))
        outcome = await world.outcome(ref)
        await keep_history(world.handle(ref), "order-fulfilled-elsewhere")
    assert outcome.state == "shipped"
    assert world.bus.kinds == ["order.received", "order.changed"]
    assert world.channel.performed == []
