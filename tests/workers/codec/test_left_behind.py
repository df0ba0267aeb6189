"""A process that does not have the new key yet waits for it: nothing is dropped, nothing fails."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from store.sealing_ring import KeyRing, change_keys, new_keys, read_keys, write_keys
from tests.fixtures.waiting import eventually
from tests.workers.codec.greeting import Greeting, greet
from workers.codec import sealed_converter


@dataclass(frozen=True)
class Machine:
    """One machine with its own copy of the key file."""

    file: Path
    client: Client

    @classmethod
    def with_copy(cls, file: Path, of: Client) -> "Machine":
        sealed = sealed_converter(KeyRing.of_file(file))
        return cls(file, Client(of.service_client, namespace=of.namespace, data_converter=sealed))

    @asynccontextmanager
    async def works(self, queue: str) -> AsyncIterator[None]:
        async with Worker(
            self.client,
            task_queue=queue,
            workflows=[Greeting],
            activities=[greet],
            graceful_shutdown_timeout=timedelta(seconds=2),
        ):
            yield


@pytest.mark.timeout(90)
async def test_signals_and_activities_wait_until_the_key_is_there(
    temporal: Client, tmp_path: Path
) -> None:
    write_keys(tmp_path / "ahead", new_keys())
    write_keys(tmp_path / "behind", read_keys(tmp_path / "ahead"))
    change_keys(tmp_path / "ahead", lambda keys: keys.rotated())
    ahead = Machine.with_copy(tmp_path / "ahead", temporal)
    behind = Machine.with_copy(tmp_path / "behind", temporal)
    queue = f"greeting-{uuid4()}"

    async with behind.works(queue):
        handle = await ahead.client.start_workflow(
            Greeting.run, queue, id=queue, task_queue=queue, start_signal="named",
            start_signal_args=["Noura"],
        )  # fmt: skip
        await handle.signal("named", "نورة")

        async def tried_in_vain() -> bool | None:
            history = await handle.fetch_history()
            failed = [
                e for e in history.events if e.HasField("workflow_task_failed_event_attributes")
            ]
            return True if failed else None

        await eventually(tried_in_vain, within_s=30)
        write_keys(behind.file, read_keys(ahead.file))
        assert await handle.result() == ["Hello Noura", "Hello نورة"]


@pytest.mark.timeout(90)
async def test_an_activity_whose_input_does_not_open_is_tried_again(
    temporal: Client, tmp_path: Path
) -> None:
    write_keys(tmp_path / "ahead", new_keys())
    write_keys(tmp_path / "behind", read_keys(tmp_path / "ahead"))
    change_keys(tmp_path / "ahead", lambda keys: keys.rotated())
    ahead = Machine.with_copy(tmp_path / "ahead", temporal)
    behind = Machine.with_copy(tmp_path / "behind", temporal)
    orders, calls = f"greeting-{uuid4()}", f"calls-{uuid4()}"
    async with ahead.works(orders), behind.works(calls):
        handle = await ahead.client.start_workflow(
            Greeting.run, calls, id=orders, task_queue=orders, start_signal="named",
            start_signal_args=["Noura"],
        )  # fmt: skip
        await handle.signal("named", "Sara")

        async def tried_in_vain() -> bool | None:
            waiting = (await handle.describe()).raw_description.pending_activities
            return True if any(x.attempt > 1 for x in waiting) else None

        await eventually(tried_in_vain, within_s=30)
        write_keys(behind.file, read_keys(ahead.file))
        assert await handle.result() == ["Hello Noura", "Hello Sara"]
