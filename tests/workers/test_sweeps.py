"""Orders whose workflow somebody ended go on by themselves; all others are left alone."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from activities.bodies import sweeping
from activities.signatures.accounts import SweepResult
from activities.signatures.start import SweepStart, bulk_task_queue
from canonical.identity import OrderRef, sweep_workflow_id
from store import Store
from tests.fixtures.histories import Keep
from tests.fixtures.toy import order_of
from tests.fixtures.world import World, eventually, world_of
from workers.schedules import ensure_sweep
from workflows.sweep import SweepWorkflow


def _start(world: World) -> SweepStart:
    return SweepStart(
        channel=world.channel.name,
        account=world.channel.account,
        erp_answers_within=world.erp_answers_within,
    )


async def _swept(world: World) -> WorkflowHandle[SweepWorkflow, SweepResult]:
    """One sweep, by hand, to its end."""
    start = _start(world)
    handle = await world.client.start_workflow(
        SweepWorkflow.run,
        start,
        id=f"{sweep_workflow_id(start.channel, start.account)}-by-hand",
        task_queue=bulk_task_queue(start.channel),
    )
    await handle.result()
    return handle


async def _swept_one(world: World) -> WorkflowHandle[SweepWorkflow, SweepResult] | None:
    """A sweep that started something: Temporal's lists lag, and the next sweep makes it good."""
    handle = await _swept(world)
    return handle if (await handle.result()).started else None


async def _waiting(world: World, order_id: str) -> OrderRef:
    """An order that waits for the internal systems."""
    ref = world.ref(order_id)
    await world.hook(ref, world.channel.put(order_of(ref)))
    await world.until_done(ref, "publish/order.received")
    return ref


async def _runs_again(world: World, ref: OrderRef, first_run: str) -> None:
    described = await world.handle(ref).describe()
    assert described.status is WorkflowExecutionStatus.RUNNING
    assert described.run_id != first_run
    assert (await world.standing(ref)).attention is None


@pytest.mark.parametrize("button", ["Terminate", "Cancel"])
async def test_what_the_web_ui_ended_is_started_again_and_goes_on(
    temporal: Client, store: Store, keep_history: Keep, button: str
) -> None:
    world = world_of(temporal, store)
    async with world.working():
        ended, other = await _waiting(world, "6001"), await _waiting(world, "6002")
        before = await world.handle(ended).describe()
        untouched = await world.handle(other).describe()
        if button == "Terminate":
            await world.handle(ended).terminate("a slip of the finger")
        else:
            await world.handle(ended).cancel()
            await eventually(lambda: _has_stopped(world, ended), "the cancelled workflow's end")
            assert await _attention_in_sql(store, ended) == "unavailable"
        sweep = await eventually(lambda: _swept_one(world), "a sweep that starts the order")
        assert await sweep.result() == SweepResult(open_orders=2, started=1)
        await keep_history(sweep, "sweep-one-started")
        await eventually(lambda: _attention_is_gone(store, ended), "no attention in the store")
        await _runs_again(world, ended, before.run_id)
        assert (await world.handle(other).describe()).run_id == untouched.run_id
        await world.accept(ended)
        await world.until_told("order.released")
        assert [e.ref for e in world.bus.published if e.kind == "order.released"] == [ended]
        assert await (await _swept(world)).result() == SweepResult(open_orders=2, started=0)
        await asyncio.gather(*(world.handle(x).terminate() for x in (ended, other)))


async def test_a_sweep_starts_so_many_and_the_next_goes_on(
    temporal: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a dispatcher that died before the signal left in the inbox is found as well."""
    monkeypatch.setattr(sweeping, "STARTS", 2)
    monkeypatch.setattr(sweeping, "PAGE", 2)
    world = world_of(temporal, store)
    refs = [world.ref(f"610{number}") for number in range(5)]
    for ref in refs:
        await world.receive(ref, world.channel.put(order_of(ref)))
    async with world.working():
        started = [(await (await _swept(world)).result()).started for _ in range(4)]
        assert started == [2, 2, 1, 0]
        for ref in refs:
            await world.until_done(ref, "publish/order.received")
        await asyncio.gather(*(world.handle(ref).terminate() for ref in refs))


async def test_the_schedule_of_sweeps_follows_the_settings(temporal: Client, store: Store) -> None:
    world = world_of(temporal, store)
    handle = temporal.get_schedule_handle(sweep_workflow_id(world.channel.name, "riyadh"))
    async with world.working():
        await ensure_sweep(temporal, _start(world), timedelta(hours=1))
        ended = await _waiting(world, "6201")
        await world.handle(ended).terminate()
        await eventually(lambda: _is_not_listed(world, ended), "lists that know of the end")
        await handle.trigger()
        await eventually(lambda: _is_running(world, ended), "the order's next run")
        await ensure_sweep(temporal, _start(world), timedelta(minutes=2))
        described = await handle.describe()
        assert described.schedule.spec.intervals[0].every == timedelta(minutes=2)
        await handle.delete()
        await world.handle(ended).terminate()


async def _is_not_listed(world: World, ref: OrderRef) -> bool | None:
    query = f'WorkflowId = "{ref.workflow_id}" AND ExecutionStatus = "Running"'
    listed = [x.id async for x in world.client.list_workflows(query)]
    return None if listed else True


async def _is_running(world: World, ref: OrderRef) -> bool | None:
    found = await world.handle(ref).describe()
    return True if found.status is WorkflowExecutionStatus.RUNNING else None


async def _has_stopped(world: World, ref: OrderRef) -> bool | None:
    found = await world.handle(ref).describe()
    return True if found.status is WorkflowExecutionStatus.CANCELED else None


async def _attention_in_sql(store: Store, ref: OrderRef) -> str | None:
    rows = await store.orders.find(channel=ref.channel, order_id=ref.order_id, limit=1)
    return rows[0].attention


async def _attention_is_gone(store: Store, ref: OrderRef) -> bool | None:
    return True if await _attention_in_sql(store, ref) is None else None
