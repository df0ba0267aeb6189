"""Search attributes: registered where they are missing, refused where they are wrong."""

import asyncio
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from activities.signatures import search_attributes
from tests.fixtures.world import eventually
from workers.client import TemporalUnavailableError, check, prepare


async def _bare_namespace(temporal: Client) -> Client:
    """A namespace without our attributes."""
    name = f"bare-{uuid4().hex[:8]}"
    request = RegisterNamespaceRequest(namespace=name)
    request.workflow_execution_retention_period.FromSeconds(86_400)
    await temporal.workflow_service.register_namespace(request)
    bare = Client(temporal.service_client, namespace=name, data_converter=temporal.data_converter)

    async def known() -> bool | None:
        try:
            await bare.operator_service.list_search_attributes(
                ListSearchAttributesRequest(namespace=name)
            )
        except RPCError:
            return None
        return True

    await eventually(known, "the namespace")
    return bare


async def test_a_missing_attribute_is_named_with_the_command_that_adds_it(
    temporal: Client,
) -> None:
    bare = await _bare_namespace(temporal)
    with pytest.raises(TemporalUnavailableError) as raised:
        await check(bare)
    message = str(raised.value)
    assert all(key.name in message for key in search_attributes.ALL)
    assert "temporal operator search-attribute create" in message
    assert "--name SoukDeadline --type Datetime" in message


async def test_what_is_missing_is_registered_by_however_many_workers_start(
    temporal: Client,
) -> None:
    bare = await _bare_namespace(temporal)
    await asyncio.gather(*(prepare(bare) for _ in range(3)))
    await check(bare)
    await prepare(bare)


async def test_an_attribute_of_another_type_is_refused(temporal: Client) -> None:
    bare = await _bare_namespace(temporal)
    wrong = {search_attributes.ATTENTION.name: IndexedValueType.INDEXED_VALUE_TYPE_INT}
    await bare.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=bare.namespace, search_attributes=wrong)
    )
    with pytest.raises(TemporalUnavailableError, match="SoukAttention has the type"):
        await prepare(bare)
