"""The fence round everything that is done outside."""

import pytest

from canonical.effects import EffectState
from canonical.states import OrderState
from store import Begun, Store, UnknownOrderError
from store.effects import NotBegunError
from tests.store.given import REF, order, recorded

RECEIVED = "publish/order.received"


@pytest.fixture
async def with_order(either: Store) -> Store:
    await recorded(either, order())
    return either


async def test_an_effect_is_sent_once_then_done(with_order: Store) -> None:
    effects = with_order.effects
    assert await effects.begin(REF, "accept/p1", 1) is Begun.SEND
    assert (await with_order.orders.view(REF)).effects[0].state is EffectState.SENT
    done = await effects.finish(REF, "accept/p1", EffectState.DONE)
    assert done.state is EffectState.DONE
    assert await effects.begin(REF, "accept/p1", 2) is Begun.DONE


async def test_after_a_crash_it_is_read_back(with_order: Store) -> None:
    await with_order.effects.begin(REF, "accept/p1", 1)
    assert await with_order.effects.begin(REF, "accept/p1", 1) is Begun.READ_BACK
    await with_order.effects.finish(REF, "accept/p1", EffectState.UNKNOWN, "timed out")
    assert await with_order.effects.begin(REF, "accept/p1", 1) is Begun.READ_BACK


async def test_what_was_not_applied_may_be_sent_again(with_order: Store) -> None:
    await with_order.effects.begin(REF, "accept/p1", 1)
    await with_order.effects.release(REF, "accept/p1")
    assert (await with_order.orders.view(REF)).effects == ()
    assert await with_order.effects.begin(REF, "accept/p1", 2) is Begun.SEND


async def test_what_is_done_is_not_taken_back(with_order: Store) -> None:
    await with_order.effects.begin(REF, "accept/p1", 1)
    await with_order.effects.finish(REF, "accept/p1", EffectState.DONE)
    await with_order.effects.release(REF, "accept/p1")
    assert await with_order.effects.begin(REF, "accept/p1", 1) is Begun.DONE


async def test_a_late_opinion_does_not_undo_what_is_done(with_order: Store) -> None:
    await with_order.effects.begin(REF, RECEIVED, 1)
    await with_order.effects.finish(REF, RECEIVED, EffectState.DONE, told_state=OrderState.NEW)
    late = await with_order.effects.finish(
        REF, RECEIVED, EffectState.UNKNOWN, "late", told_state=OrderState.SHIPPED
    )
    assert late.state is EffectState.DONE
    assert (await with_order.orders.view(REF)).told_state is OrderState.NEW


async def test_a_resync_reopens_refused_and_unknown(with_order: Store) -> None:
    for name, state in (
        ("a", EffectState.REFUSED),
        ("b", EffectState.UNKNOWN),
        ("c", EffectState.DONE),
    ):
        await with_order.effects.begin(REF, name, 1)
        await with_order.effects.finish(REF, name, state, "their words \x00")
    assert await with_order.effects.begin(REF, "a", 1) is Begun.REFUSED
    refused = (await with_order.orders.view(REF)).effect("a")
    assert refused is not None
    assert refused.answer == "their words "
    assert await with_order.effects.reopen(REF) == 2
    assert await with_order.effects.begin(REF, "a", 1) is Begun.SEND
    assert await with_order.effects.begin(REF, "b", 1) is Begun.READ_BACK
    assert await with_order.effects.begin(REF, "c", 1) is Begun.DONE
    assert await with_order.effects.reopen(REF) == 0


async def test_a_reopened_unknown_looks_as_after_a_crash(with_order: Store) -> None:
    await with_order.effects.begin(REF, "b", 1)
    await with_order.effects.finish(REF, "b", EffectState.UNKNOWN)
    await with_order.effects.reopen(REF)
    effect = (await with_order.orders.view(REF)).effect("b")
    assert effect is not None
    assert effect.state is EffectState.SENT


async def test_told_is_set_by_what_was_published(with_order: Store) -> None:
    await with_order.effects.begin(REF, RECEIVED, 1)
    await with_order.effects.finish(REF, RECEIVED, EffectState.DONE, told_state=OrderState.NEW)
    first = await with_order.orders.view(REF)
    assert first.told_state is OrderState.NEW
    assert first.told_at is not None
    changed = "publish/order.changed/2"
    await with_order.effects.begin(REF, changed, 2)
    await with_order.effects.finish(REF, changed, EffectState.DONE, told_state=OrderState.SHIPPED)
    second = await with_order.orders.view(REF)
    assert (second.told_state, second.told_at) == (OrderState.SHIPPED, first.told_at)


async def test_a_skip_says_who_and_why(with_order: Store) -> None:
    never_begun = await with_order.effects.skip(REF, "accept/p1", "noura", "done in the panel")
    assert never_begun.state is EffectState.DONE
    assert "noura" in never_begun.answer
    assert "done in the panel" in never_begun.answer
    await with_order.effects.begin(REF, "ready/p1", 1)
    await with_order.effects.finish(REF, "ready/p1", EffectState.REFUSED, "no")
    assert (await with_order.effects.skip(REF, "ready/p1", "n", "w")).state is EffectState.DONE
    assert await with_order.effects.begin(REF, "ready/p1", 1) is Begun.DONE


async def test_effects_of_an_unknown_order_are_refused(either: Store) -> None:
    with pytest.raises(UnknownOrderError, match="10600123456"):
        await either.effects.begin(REF, "accept/p1", 1)
    with pytest.raises(UnknownOrderError):
        await either.effects.skip(REF, "accept/p1", "n", "w")


async def test_an_outcome_without_a_beginning_is_a_mistake(with_order: Store) -> None:
    with pytest.raises(NotBegunError, match="accept/p1"):
        await with_order.effects.finish(REF, "accept/p1", EffectState.DONE)


async def test_a_long_name_is_one_effect_all_the_same(with_order: Store) -> None:
    name = f"reject/{'9' * 128}/{'c' * 120}"
    assert await with_order.effects.begin(REF, name, 1) is Begun.SEND
    await with_order.effects.finish(REF, name, EffectState.DONE)
    assert (await with_order.orders.view(REF)).done(name)
