"""Whether the store and Temporal are there, asked without touching an order."""

import asyncio
from collections.abc import Awaitable, Callable

from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.signatures.search_attributes import ALL
from bridge.dispatcher.verdict import OutageError
from store import Store
from store.errors import StoreUnavailableError

PROBE_TIMEOUT = 3.0
NOBODY = "souk-probe"
"""A workflow id that nobody has: asking for it goes through to Temporal's database."""
NOT_OFFERED = (RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.PERMISSION_DENIED)


def probe_of(store: Store, client: Client) -> Callable[[], Awaitable[None]]:
    """A probe of both, as the breaker takes it."""

    async def probe() -> None:
        try:
            async with asyncio.timeout(PROBE_TIMEOUT):
                await store.check()
                await check_temporal(client)
        except TimeoutError:
            raise OutageError(f"no answer within {PROBE_TIMEOUT:g} s") from None
        except StoreUnavailableError as error:
            raise OutageError(str(error)) from error

    return probe


async def check_temporal(client: Client) -> None:
    """Asks for the namespace, its search attributes, and a workflow that does not exist.

    The frontend alone is not enough: starts need the history service and the database behind it,
    and each fails where one search attribute is not registered.

    Raises:
        OutageError: Saying which of these is not as it should be.
    """
    try:
        request = DescribeNamespaceRequest(namespace=client.namespace)
        await client.workflow_service.describe_namespace(request)
        await _check_search_attributes(client)
    except RPCError as error:
        raise OutageError(f"Temporal: {error.status.name}: {error.message}") from error
    try:
        await client.get_workflow_handle(NOBODY).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise OutageError(f"Temporal: {error.status.name}: {error.message}") from error


async def _check_search_attributes(client: Client) -> None:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        answer = await client.operator_service.list_search_attributes(request)
    except RPCError as error:
        if error.status in NOT_OFFERED:
            return
        raise
    missing = sorted({key.name for key in ALL} - set(answer.custom_attributes))
    if missing:
        raise OutageError(
            f"Temporal's namespace {client.namespace!r} lacks the search attributes"
            f" {', '.join(missing)}: start a worker, which registers them"
        )
