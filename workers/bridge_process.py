"""`souk bridge`: the edges as a process of their own, made from settings."""

import asyncio
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack

import structlog
from temporalio.client import Client

from bridge.aws.clients import Aws
from bridge.bus import ServiceBus
from bridge.claims import S3Claims
from bridge.dispatcher import DispatcherOptions
from bridge.process import BridgeOptions, Part, run
from store import Store
from workers import logs
from workers.bootstrap import configured, open_channels
from workers.client import TemporalUnavailableError, check, connect
from workers.sealer import sealer_of
from workers.settings import Settings

ASK_AGAIN_AFTER_S = 0.5

log = structlog.get_logger()


async def bridge(settings: Settings, parts: AbstractSet[Part]) -> None:
    """Runs receiver, dispatcher or both until SIGTERM or SIGINT.

    Raises:
        SettingsError: An account's options do not fit its channel.
        StoreUnavailableError: The database is away, or lacks its tables.
        BusUnavailableError: The bus is away, or lacks a queue.
        TemporalUnavailableError: Temporal is away.
    """
    logs.configure(settings.log_level)
    bus = ServiceBus.connect(settings.bus.connection_string.get_secret_value())
    async with AsyncExitStack() as stack:
        channels = open_channels(configured(settings))
        for channel in channels.values():
            stack.push_async_callback(channel.close)
        store = Store.connect(settings.database_url.get_secret_value(), sealer=sealer_of(settings))
        stack.push_async_callback(store.close)
        await run(
            parts,
            _options(settings),
            bus=bus,
            store=store,
            channels=channels,
            client=await _client(settings, store, parts),
            claims=S3Claims(Aws(settings.aws.endpoint, settings.aws.region)),
        )


async def _client(settings: Settings, store: Store, parts: AbstractSet[Part]) -> Client:
    """A client that is ready to start orders; the receiver never uses one."""
    if "dispatcher" not in parts:
        return await Client.connect(settings.temporal.address, lazy=True)
    await store.check()
    client = await connect(settings.temporal, sealer=sealer_of(settings))
    while True:
        try:
            await check(client)
        except TemporalUnavailableError as error:
            log.warning("waits_for_search_attributes", why=str(error))
            await asyncio.sleep(ASK_AGAIN_AFTER_S)
        else:
            return client


def _options(settings: Settings) -> BridgeOptions:
    return BridgeOptions(
        dispatcher=DispatcherOptions(
            erp_answers_within=settings.erp_answers_within,
            prefetch=settings.bus.prefetch,
            command_sessions=settings.bus.command_sessions,
        ),
        host=settings.receiver.host,
        port=settings.receiver.port,
    )
