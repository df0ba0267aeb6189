"""Temporal's errors about one workflow, in our words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import (
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from workers.operations.errors import AwayError, NotFoundError, RefusedError


@asynccontextmanager
async def in_our_words(workflow_id: str) -> AsyncIterator[None]:
    """Turns the client's errors about one workflow into errors that say what to do."""
    try:
        yield
    except WorkflowUpdateFailedError as error:
        cause = error.cause
        words = cause.message if isinstance(cause, ApplicationError) else str(cause)
        raise RefusedError(f"{workflow_id}: {words}") from error
    except WorkflowQueryRejectedError as error:
        raise NotFoundError(
            f"{workflow_id} runs no more: the order is finished, or its workflow was ended by hand."
        ) from error
    except WorkflowQueryFailedError as error:
        raise AwayError(f"{workflow_id} cannot be asked: {error}") from error
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise AwayError(
            f"{workflow_id} has not answered in time: is `souk worker` running? The request may"
            " still be carried out; `souk order show` tells."
        ) from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NotFoundError(
                f"{workflow_id} has no running workflow: the order is finished, or its workflow was"
                " ended by hand. `souk order resync` starts it again."
            ) from error
        raise AwayError(f"Temporal does not answer: {error.message}") from error
