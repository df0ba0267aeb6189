"""What Temporal kept of each order: events, and the actions that one pays for."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

LOCAL_ACTIVITY = "core_local_activity"


@dataclass(frozen=True)
class Spent:
    """Of one workflow."""

    events: int
    activities: int
    local_activities: int
    signals: int
    timers: int
    upserts: int

    @property
    def actions(self) -> int:
        """As Temporal counts them: the start, and each of these; local activities one each at most.

        Local activities that run in one workflow task are billed as one, so that this is an upper
        bound.
        """
        steps = self.activities + self.local_activities + self.signals
        return 1 + steps + self.timers + self.upserts


async def spent(client: Client, workflow_ids: Iterable[str]) -> list[Spent]:
    """Reads the histories."""
    return await asyncio.gather(*(_of(client, workflow_id) for workflow_id in workflow_ids))


async def _of(client: Client, workflow_id: str) -> Spent:
    kinds: Counter[EventType.ValueType] = Counter()
    local = 0
    async for event in client.get_workflow_handle(workflow_id).fetch_history_events():
        kinds[event.event_type] += 1
        marker = event.marker_recorded_event_attributes.marker_name
        local += marker == LOCAL_ACTIVITY
    return Spent(
        events=kinds.total(),
        activities=kinds[EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED],
        local_activities=local,
        signals=kinds[EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED],
        timers=kinds[EventType.EVENT_TYPE_TIMER_STARTED],
        upserts=kinds[EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES],
    )
