"""Asking an order's workflow: updates with who and why, and where it stands."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowUpdateStage
from temporalio.common import QueryRejectCondition

from activities.signatures.asks import (
    CANCEL,
    RESYNC,
    SKIP_STEP,
    STATE,
    Asked,
    OrderStanding,
    SkipAsked,
)
from canonical.identity import OrderRef
from workers.client import connect
from workers.operations.errors import NotFoundError
from workers.operations.opened import open_store
from workers.operations.starting import start_again
from workers.operations.temporal import in_our_words
from workers.operations.whose import whose
from workers.sealer import sealer_of
from workers.settings import Settings

ANSWER_WITHIN = timedelta(seconds=30)
QUERY_WITHIN = timedelta(seconds=5)


@dataclass(frozen=True)
class Answer:
    """What an order answered."""

    ref: OrderRef
    workflow_id: str
    asked: str
    answer: str


@dataclass(frozen=True)
class Request:
    """Who asks what of which order."""

    order: str
    channel: str | None
    account: str | None
    by: str
    why: str


Ask = Callable[[Settings, Request], Coroutine[Any, Any, Answer]]


async def resync(settings: Settings, request: Request) -> Answer:
    """Reads the order again, tries refused steps again, goes on; starts it where none runs."""
    return await _update(settings, request, RESYNC, Asked(by=request.by, why=request.why))


async def cancel(settings: Settings, request: Request) -> Answer:
    """Withdraws from the order."""
    return await _update(settings, request, CANCEL, Asked(by=request.by, why=request.why))


def skipping(step: str | None) -> Ask:
    """Marks a step, or the one that stands, as settled by a person."""

    async def skip(settings: Settings, request: Request) -> Answer:
        asked = SkipAsked(by=request.by, why=request.why, effect=step)
        return await _update(settings, request, SKIP_STEP, asked)

    return skip


async def standing(settings: Settings, workflow_id: str) -> OrderStanding:
    """Where an order's running workflow stands.

    Raises:
        NotFoundError: It has none.
        AwayError: Temporal, or every worker, is away.
    """
    client = await connect(settings.temporal, sealer=sealer_of(settings))
    async with in_our_words(workflow_id):
        handle = client.get_workflow_handle(workflow_id)
        answer: OrderStanding = await handle.query(
            STATE,
            result_type=OrderStanding,
            rpc_timeout=QUERY_WITHIN,
            reject_condition=QueryRejectCondition.NOT_OPEN,
        )
    return answer


async def _update(settings: Settings, request: Request, update: str, asked: Asked) -> Answer:
    async with open_store(settings) as store:
        ref = await whose(store, request.order, request.channel, request.account)
        correlation_id = (await store.orders.view(ref)).correlation_id
    client = await connect(settings.temporal, sealer=sealer_of(settings))
    try:
        return await _ask(client, ref, update, asked)
    except NotFoundError:
        if update != RESYNC:
            raise
    await start_again(settings, client, ref, correlation_id)
    return await _ask(client, ref, update, asked)


async def _ask(client: Client, ref: OrderRef, update: str, asked: Asked) -> Answer:
    async with in_our_words(ref.workflow_id):
        handle = client.get_workflow_handle(ref.workflow_id)
        started = await handle.start_update(
            update,
            asked,
            wait_for_stage=WorkflowUpdateStage.ACCEPTED,
            rpc_timeout=ANSWER_WITHIN,
        )
        answer: Any = await started.result(rpc_timeout=ANSWER_WITHIN)
    return Answer(ref, ref.workflow_id, update, "" if answer is None else str(answer))
