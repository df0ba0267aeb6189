"""The same number of Temporal's own steps, with nothing done in them."""

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

SOON = timedelta(seconds=60)


@dataclass(frozen=True)
class Load:
    """The steps of each workflow."""

    activities: int
    local_activities: int
    signals: int


@activity.defn(name="bare_nothing")
async def nothing() -> None:
    """Does nothing."""


@workflow.defn(name="Bare")
class Bare:
    """As many steps as an order has, in a row."""

    def __init__(self) -> None:
        self._heard = 0

    @workflow.run
    async def run(self, load: Load) -> None:
        """A signal, then its share of activities and local ones, until all are done."""
        rounds = max(load.signals, 1)
        for turn in range(rounds):
            await self._until_heard(min(turn + 1, load.signals))
            for _ in range(_share(load.local_activities, turn, rounds)):
                await workflow.execute_local_activity(nothing, schedule_to_close_timeout=SOON)
            for _ in range(_share(load.activities, turn, rounds)):
                await workflow.execute_activity(nothing, start_to_close_timeout=SOON)

    async def _until_heard(self, count: int) -> None:
        await workflow.wait_condition(lambda: self._heard >= count)

    @workflow.signal
    def news(self) -> None:
        """Counts."""
        self._heard += 1


def _share(count: int, turn: int, rounds: int) -> int:
    return count // rounds + (turn < count % rounds)


async def workflows_per_second(client: Client, load: Load, count: int) -> float:
    """Runs `count` such workflows at once on a queue and worker of their own."""
    queue = f"bare-{uuid4().hex[:8]}"
    worker = Worker(
        client,
        task_queue=queue,
        workflows=[Bare],
        activities=[nothing],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with worker:
        began = time.perf_counter()
        await asyncio.gather(*(_one(client, load, queue, n) for n in range(count)))
        return count / (time.perf_counter() - began)


async def _one(client: Client, load: Load, queue: str, number: int) -> None:
    name = f"{queue}-{number}"
    handle = await client.start_workflow(Bare.run, load, id=name, task_queue=queue)
    for _ in range(load.signals):
        await handle.signal(Bare.news)
    await handle.result()
