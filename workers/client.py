"""The connection to Temporal, and the search attributes that everything there depends on."""

import asyncio
from time import monotonic

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client, Interceptor
from temporalio.service import GrpcCompression, RPCError, RPCStatusCode

from activities.signatures import search_attributes
from store import Plain, Sealer
from workers.codec import sealed_converter
from workers.settings import TemporalSettings

USABLE_WITHIN_S = 60.0
"""A server learns of new attributes when it next refreshes what it knows of its namespaces."""
LOOK_EVERY_S = 0.2


class TemporalUnavailableError(Exception):
    """Temporal does not answer, or is not prepared; the message says what to do."""


async def connect(
    settings: TemporalSettings, *, sealer: Sealer | None = None, tracing: bool = False
) -> Client:
    """Opens a client that speaks pydantic models.

    Args:
        settings: Address and namespace.
        sealer: What payloads are sealed with; plain where none is given.
        tracing: Whether calls and workflows leave OpenTelemetry spans.

    Raises:
        TemporalUnavailableError: Nobody answers at the address.
    """
    try:
        return await Client.connect(
            settings.address,
            namespace=settings.namespace,
            data_converter=sealed_converter(sealer or Plain()),
            interceptors=_interceptors() if tracing else [],
            # Sealed payloads do not shrink; trying costs both sides a third of their time.
            grpc_compression=GrpcCompression.NONE,
        )
    except RuntimeError as error:
        raise TemporalUnavailableError(
            f"Temporal does not answer at {settings.address}: {error}. Start it, or set"
            " `temporal.address` in the settings (SOUK_TEMPORAL__ADDRESS)."
        ) from error


def _interceptors() -> list[Interceptor]:
    from temporalio.contrib.opentelemetry import TracingInterceptor

    return [TracingInterceptor()]


async def prepare(client: Client) -> None:
    """Registers the search attributes that are missing, and checks that all are there.

    Raises:
        TemporalUnavailableError: An attribute is missing and may not be added, or has another type.
    """
    missing = await _missing(client)
    if missing:
        request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        try:
            await client.operator_service.add_search_attributes(request)
        except RPCError as error:
            if error.status is not RPCStatusCode.ALREADY_EXISTS:
                raise TemporalUnavailableError(_by_hand(client, missing, error.message)) from error
    await check(client)


async def check(client: Client) -> None:
    """Makes sure that starting a workflow will not fail for want of a search attribute.

    Raises:
        TemporalUnavailableError: Naming what is missing and the command that adds it.
    """
    missing = await _missing(client)
    if missing:
        raise TemporalUnavailableError(_by_hand(client, missing, "they are not registered"))
    await _usable(client)


async def _usable(client: Client) -> None:
    """Waits until the server takes all of them: what is registered is not known at once."""
    query = " AND ".join(f"{key.name} IS NOT NULL" for key in search_attributes.ALL)
    deadline = monotonic() + USABLE_WITHIN_S
    while True:
        try:
            await client.count_workflows(query)
        except RPCError as error:
            if error.status is not RPCStatusCode.INVALID_ARGUMENT or monotonic() > deadline:
                raise TemporalUnavailableError(
                    f"Temporal has the search attributes of namespace {client.namespace} and does"
                    f" not take them: {error.message}. Start again in a minute."
                ) from error
            await asyncio.sleep(LOOK_EVERY_S)
        else:
            return


async def _missing(client: Client) -> "dict[str, IndexedValueType.ValueType]":
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        there = (await client.operator_service.list_search_attributes(request)).custom_attributes
    except RPCError as error:
        raise TemporalUnavailableError(
            f"Temporal does not say which search attributes there are: {error.message}."
        ) from error
    missing = {}
    for key in search_attributes.ALL:
        wanted = IndexedValueType.ValueType(key.indexed_value_type)
        found = there.get(key.name)
        if found is None:
            missing[key.name] = wanted
        elif found != wanted:
            raise TemporalUnavailableError(
                f"Search attribute {key.name} has the type {IndexedValueType.Name(found)} instead"
                f" of {IndexedValueType.Name(wanted)}: remove it, then start again."
            )
    return missing


def _by_hand(client: Client, missing: "dict[str, IndexedValueType.ValueType]", why: str) -> str:
    flags = " ".join(f"--name {name} --type {_spoken(kind)}" for name, kind in missing.items())
    return (
        f"Search attributes {', '.join(missing)} are missing in namespace {client.namespace}"
        f" ({why}). Add them: temporal operator search-attribute create {flags}"
    )


def _spoken(kind: "IndexedValueType.ValueType") -> str:
    """A type as Temporal's command line takes it: `Keyword`, `Datetime`."""
    return IndexedValueType.Name(kind).removeprefix("INDEXED_VALUE_TYPE_").capitalize()
