"""Trouble is shown and waited for; the order never fails of it."""

import asyncio

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowUpdateFailedError,
)
from temporalio.common import RawValue
from temporalio.exceptions import CancelledError

from activities.signatures import search_attributes
from activities.signatures.asks import CANCEL, RESYNC, SKIP_STEP, Asked, SkipAsked
from canonical.actions import ActionKind
from canonical.attention import AttentionWord
from canonical.states import ParcelState
from channels.errors import AmbiguousError, CredentialsError, RefusedError, UnavailableError
from store import Store
from tests.fixtures.histories import Keep
from tests.fixtures.toy import TOY_ABILITIES, order_of
from tests.fixtures.world import World, eventually, world_of

ASKED = Asked(by="noura", why="the panel was mended")
LONG_REFUSAL = "الطلب مرفوض: the SKU is on hold. " * 250
"""Over 6,000 characters, Arabic and English."""


async def _refused(world: World, order_id: str, words: str) -> None:
    """Brings an order to where the marketplace refuses its acceptance."""
    ref = world.ref(order_id)
    world.channel.answers = [RefusedError(world.channel.name, "riyadh", "accept", words)]
    await world.hook(ref, world.channel.put(order_of(ref)))
    await world.until_told("order.received")
    await world.accept(ref)
    await world.until_attention(ref, "refused")


async def test_a_refused_step_is_an_attention_that_resync_mends(
    temporal: Client, store: Store, keep_history: Keep
) -> None:
    world = world_of(temporal, store)
    ref = world.ref("2001")
    async with world.working():
        await _refused(world, "2001", "The parcel is locked.")
        described = await world.handle(ref).describe()
        attributes = described.typed_search_attributes
        assert attributes.get(search_attributes.ATTENTION) == "refused"
        assert attributes.get(search_attributes.ATTENTION_SINCE) is not None
        assert (await store.orders.view(ref)).attention is AttentionWord.REFUSED

        answer = await world.handle(ref).execute_update(RESYNC, ASKED, result_type=str)
        assert answer == "Read again (1 events); refused steps are tried again."
        await world.until_told("order.released")
        await world.until_attention(ref, None)
        after = (await world.handle(ref).describe()).typed_search_attributes
        assert after.get(search_attributes.ATTENTION) is None
        assert after.get(search_attributes.ATTENTION_SINCE) is None
        assert (await store.orders.view(ref)).attention is None
        await keep_history(world.handle(ref), "order-refused-and-resynced")
        await world.handle(ref).terminate()
    assert len(world.channel.performed) == 2


async def test_a_refusal_of_six_thousand_characters_leaves_the_order_running(
    temporal: Client, store: Store
) -> None:
    """H30: the server ends a workflow whose search attribute is longer than 2 KiB."""
    assert len(LONG_REFUSAL) > 6_000
    world = world_of(temporal, store)
    ref = world.ref("2002")
    async with world.working():
        await _refused(world, "2002", LONG_REFUSAL)
        standing = await world.standing(ref)
        described = await world.handle(ref).describe()
        assert described.status is WorkflowExecutionStatus.RUNNING
        assert described.typed_search_attributes.get(search_attributes.ATTENTION) == "refused"
        assert standing.attention and LONG_REFUSAL.strip() in standing.attention.what_happened
        query = f'SoukAttention = "refused" AND SoukChannel = "{ref.channel}"'
        assert [w.id async for w in temporal.list_workflows(query)] == [ref.workflow_id]
        await world.handle(ref).execute_update(RESYNC, ASKED)
        await world.until_told("order.released")
        await world.handle(ref).terminate()


async def test_a_refusal_beyond_the_limit_is_cut_visibly(temporal: Client, store: Store) -> None:
    world = world_of(temporal, store)
    ref = world.ref("2003")
    async with world.working():
        await _refused(world, "2003", "مرفوض " * 5_000)
        standing = await world.standing(ref)
        await world.handle(ref).terminate()
    assert standing.attention is not None
    assert len(standing.attention.what_happened) == 16_000
    assert standing.attention.what_happened.endswith("…")


async def test_a_step_that_a_person_has_settled_is_skipped(
    temporal: Client, store: Store, keep_history: Keep
) -> None:
    world = world_of(temporal, store)
    ref = world.ref("2004")
    async with world.working():
        await _refused(world, "2004", "Do it in the panel.")
        with pytest.raises(WorkflowUpdateFailedError) as refusal:
            await world.handle(ref).execute_update(
                SKIP_STEP, SkipAsked(by="noura", why="settled", effect="ready/p9")
            )
        assert "There is no step `ready/p9`" in str(refusal.value.cause)
        answer = await world.handle(ref).execute_update(
            SKIP_STEP, SkipAsked(by="noura", why="accepted in the panel"), result_type=str
        )
        assert answer == "`accept/p1` is taken as done."
        await world.until_told("order.released")
        await world.until_attention(ref, None)
        with pytest.raises(WorkflowUpdateFailedError) as nothing:
            await world.handle(ref).execute_update(SKIP_STEP, SkipAsked(by="noura", why="again"))
        assert "No step stands" in str(nothing.value.cause)
        await keep_history(world.handle(ref), "order-step-skipped")
        await world.handle(ref).terminate()
    assert len(world.channel.performed) == 1


async def test_who_and_why_must_be_said(temporal: Client, store: Store) -> None:
    world = world_of(temporal, store)
    ref = world.ref("2005")
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        await world.until_told("order.received")
        for asked in ({"by": "", "why": "x"}, {"why": "x"}, "resync please", None):
            with pytest.raises(WorkflowUpdateFailedError):
                await world.handle(ref).execute_update(RESYNC, asked)
        described = await world.handle(ref).describe()
        await world.handle(ref).terminate()
    assert described.status is WorkflowExecutionStatus.RUNNING


async def test_a_person_cancels_at_the_marketplace(
    temporal: Client, store: Store, keep_history: Keep
) -> None:
    world = world_of(temporal, store)
    ref = world.ref("2006")
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        await world.until_told("order.received")
        await world.handle(ref).execute_update(CANCEL, ASKED)
        await world.until_done(ref, "cancel/p1")
        await world.hook(ref, world.channel.event(world.channel.orders[ref.order_id]))
        outcome = await world.outcome(ref)
        await keep_history(world.handle(ref), "order-cancelled-by-a-person")
    assert outcome.state == "cancelled"
    assert [a.kind for a in world.channel.performed] == [ActionKind.CANCEL_LINES]
    assert world.bus.kinds == ["order.received", "order.cancelled"]


async def test_a_cancel_that_the_marketplace_does_not_take_is_an_attention(
    temporal: Client, store: Store
) -> None:
    abilities = TOY_ABILITIES.model_copy(update={"actions": frozenset({ActionKind.ACCEPT})})
    world = world_of(temporal, store, abilities)
    ref = world.ref("2007")
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        await world.until_told("order.received")
        answer = await world.handle(ref).execute_update(CANCEL, ASKED, result_type=str)
        assert "takes no cancel from sellers" in answer
        standing = await world.until_attention(ref, "refused")
        assert standing.attention and "panel" in standing.attention.what_to_do
        await world.handle(ref).terminate()
    assert world.channel.performed == []


async def test_an_answer_that_got_lost_is_read_back_not_repeated(
    temporal: Client, store: Store
) -> None:
    world = world_of(temporal, store)
    ref = world.ref("2008")
    world.channel.answers = [AmbiguousError(world.channel.name, "riyadh", "accept", "no answer")]
    world.channel.applies_before_failing = True
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        await world.until_told("order.received")
        await world.accept(ref)
        await world.until_told("order.released")
        await world.handle(ref).terminate()
    assert len(world.channel.performed) == 1


async def test_a_cancellation_is_told_while_the_marketplace_is_away(
    temporal: Client, store: Store, keep_history: Keep
) -> None:
    """The step that is no longer wanted is skipped; the customer's cancel does not wait for it."""
    world = world_of(temporal, store)
    ref = world.ref("2009")
    away = UnavailableError(world.channel.name, "riyadh", "accept", "503")
    world.channel.answers = [away] * 100
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        await world.until_told("order.received")
        await world.accept(ref)
        await world.until_called()
        await world.hook(ref, world.channel.move(ref.order_id, ParcelState.CANCELLED))
        outcome = await world.outcome(ref)
        await keep_history(world.handle(ref), "order-cancelled-while-marketplace-away")
    assert outcome.state == "cancelled"
    assert "order.released" not in world.bus.kinds


async def test_an_account_without_credentials_is_not_each_orders_attention(
    temporal: Client, store: Store
) -> None:
    world = world_of(temporal, store)
    ref = world.ref("2010")
    world.channel.answers = [CredentialsError(world.channel.name, "riyadh", "accept", "401")]
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        await world.until_told("order.received")
        await world.accept(ref)
        await world.until_called()
        standing = await world.standing(ref)
        assert standing.attention is None
        assert standing.step == "accept/p1"
        await world.handle(ref).terminate()


async def test_a_signal_that_cannot_be_read_is_an_attention_and_the_inbox_is_read(
    temporal: Client, store: Store, keep_history: Keep
) -> None:
    """H28: the SDK drops a signal whose arguments do not fit its handler's types."""
    world = world_of(temporal, store)
    garbage: tuple[tuple[str, list[object]], ...] = (
        ("news", [{"ids": 7}]),
        ("news", [["a"], ["b"]]),
        ("news", [None]),
        ("news", [RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"{"))]),
        ("news", [RawValue(Payload(metadata={"encoding": b"binary/odd"}, data=b"\xff"))]),
        ("deliverd", [["a"]]),
    )
    async with world.working():
        for number, (name, args) in enumerate(garbage):
            ref = world.ref(f"2100-{number}")
            await world.hook(ref, world.channel.put(order_of(ref)))
            await world.until_attention(ref, None)
            handle = world.handle(ref)
            await handle.signal(name, args=args)
            standing = await world.until_attention(ref, "contract")
            assert standing.attention and name in standing.attention.what_happened
            await handle.execute_update(RESYNC, ASKED)
            await world.until_attention(ref, None)
            if number in (0, 3):
                await keep_history(handle, f"order-unreadable-signal-{number}")
            await handle.terminate()


async def test_an_unreadable_event_is_dead_lettered_and_the_order_says_so(
    temporal: Client, store: Store
) -> None:
    world = world_of(temporal, store)
    ref = world.ref("2011")
    async with world.working():
        raw = world.channel.put(order_of(ref))
        await world.hook(ref, raw)
        await world.until_told("order.received")
        assert raw.identity is not None
        broken = raw.identity.model_copy(update={"event_id": "odd-1", "version": 2})
        await world.hook(ref, type(raw)(body=b'{"ref": 1}', identity=broken))
        standing = await world.until_attention(ref, "contract")
        assert standing.attention and "does not fit" in standing.attention.what_happened
        await world.handle(ref).execute_update(RESYNC, ASKED)
        await world.until_attention(ref, None)
        await world.handle(ref).terminate()


async def test_cancel_in_the_web_ui_ends_the_workflow_with_a_word_in_the_store(
    temporal: Client, store: Store, keep_history: Keep
) -> None:
    world = world_of(temporal, store)
    ref = world.ref("2012")
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        await world.until_attention(ref, None)
        await world.handle(ref).cancel()
        with pytest.raises(WorkflowFailureError) as ended:
            await world.handle(ref).result()
        assert isinstance(ended.value.cause, CancelledError)
        await keep_history(world.handle(ref), "order-cancelled-in-the-web-ui")
        assert (await store.orders.view(ref)).attention is AttentionWord.UNAVAILABLE
        await world.wake(ref, [])
        await world.until_attention(ref, None)
        assert (await store.orders.view(ref)).attention is None
        await world.handle(ref).terminate()
    assert world.bus.kinds == ["order.received"]


async def test_cancel_in_the_web_ui_leaves_a_call_in_the_air_to_its_answer(
    temporal: Client, store: Store, keep_history: Keep
) -> None:
    world = world_of(temporal, store)
    ref = world.ref("2013")
    world.channel.hold = asyncio.Event()
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        await world.until_told("order.received")
        await world.accept(ref)
        await world.until_called()
        await world.handle(ref).cancel()
        with pytest.raises(WorkflowFailureError):
            await world.handle(ref).result()
        await keep_history(world.handle(ref), "order-cancelled-in-the-web-ui-during-a-call")
        world.channel.hold.set()

        async def answered() -> bool | None:
            return True if (await store.orders.view(ref)).done("accept/p1") else None

        await eventually(answered, "the call's answer in the store")
        await world.wake(ref, [])
        await world.until_told("order.released")
        await world.handle(ref).terminate()
    assert len(world.channel.performed) == 1
