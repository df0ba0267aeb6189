"""Which task queue runs what: the one table, from which workers are made and tests check names."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from activities import bodies
from activities.ports import Platform
from activities.signatures.start import bulk_task_queue, task_queue
from workflows.account import AccountWorkflow
from workflows.document import DocumentWorkflow
from workflows.order import OrderWorkflow
from workflows.poll import PollWorkflow
from workflows.sweep import SweepWorkflow


@dataclass(frozen=True)
class Duty:
    """What a worker on one kind of task queue is there for."""

    queue: Callable[[str], str]
    """The queue's name for a channel."""
    workflows: tuple[type, ...]
    activities: Callable[[Platform], list[Callable[..., Any]]]


DUTIES = (
    Duty(task_queue, (OrderWorkflow,), bodies.of_orders),
    Duty(
        bulk_task_queue,
        (PollWorkflow, AccountWorkflow, SweepWorkflow, DocumentWorkflow),
        bodies.of_accounts,
    ),
)


def queues(channels: Iterable[str]) -> list[str]:
    """All task queues of these channels."""
    return [duty.queue(channel) for channel in channels for duty in DUTIES]
