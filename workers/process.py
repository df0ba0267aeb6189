"""The worker process: from settings to workers that run until they are told to end."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial

import structlog
from temporalio.client import Client
from temporalio.worker import Worker

from activities.ports import BusUnavailableError, Platform
from activities.signatures.start import ORDERS_TOPIC, inbound_queue
from bridge.bus import ServiceBus
from store import Store
from workers import bootstrap
from workers.accounts import ensure_account, recheck
from workers.client import connect, prepare
from workers.deployment import deployment, make_current
from workers.factory import workers_of
from workers.limiting import slots_of
from workers.schedules import ensure_poll, ensure_sweep
from workers.sealer import sealer_of
from workers.settings import AccountSettings, Settings
from workers.tokens import keep_tokens

log = structlog.get_logger(__name__)


async def run(
    settings: Settings,
    channels: Iterable[str] | None = None,
    *,
    stop: asyncio.Event | None = None,
) -> None:
    """Serves the task queues of these channels, or of all that are configured.

    Ends on SIGTERM, SIGINT or `stop`, after calls that are in the air had time to end. Prints one
    line of JSON when ready: `{"event": "ready", "queues": [...]}`.

    Raises:
        SettingsError: An account's settings are wrong.
        TemporalUnavailableError: Temporal is away, or lacks a search attribute.
        StoreUnavailableError: The database is away, or not migrated.
    """
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    accounts = bootstrap.configured(settings, channels)
    client = await connect(
        settings.temporal, sealer=sealer_of(settings), tracing=settings.temporal.tracing
    )
    await prepare(client)
    bus = ServiceBus.connect(settings.bus.connection_string.get_secret_value())
    async with _platform(settings, client, accounts, bus) as platform:
        names = sorted({a.channel for a in accounts})
        workers = _workers(client, settings, names, platform)
        opened = asyncio.create_task(_open_senders(bus, names))
        async with _running(workers) as ended:
            await _take_up_work(client, settings, platform, accounts)
            await opened
            log.info("worker_ready", queues=[w.task_queue for w in workers])
            _say_ready(workers)
            stopped = asyncio.create_task(stop.wait())
            await asyncio.wait({stopped, *ended}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()


@asynccontextmanager
async def _running(workers: list[Worker]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Runs the workers meanwhile; one that ends by itself ends the process with its error."""
    runs = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        yield runs
    finally:
        log.info("worker_stopping")
        await asyncio.gather(*(worker.shutdown() for worker in workers))
        await asyncio.gather(*runs)


def _workers(
    client: Client, settings: Settings, names: Iterable[str], platform: Platform
) -> list[Worker]:
    temporal = settings.temporal
    return [
        worker
        for name in names
        for worker in workers_of(
            client,
            name,
            platform,
            shutdown_within=temporal.shutdown_within,
            deployment=deployment(name, temporal.build_id),
        )
    ]


async def _take_up_work(
    client: Client, settings: Settings, platform: Platform, accounts: list[AccountSettings]
) -> None:
    """Makes this build current where it is asked to, and starts what each account needs."""
    if settings.temporal.make_current:
        for name in sorted({a.channel for a in accounts}):
            await make_current(client, name, settings.temporal.build_id)
    for account in accounts:
        abilities = platform.channel(account.channel, account.account).abilities
        await ensure_account(client, bootstrap.account_start(settings, account, abilities))
        await ensure_sweep(client, bootstrap.sweep_start(settings, account), settings.sweep_every)
        for start, every in bootstrap.polls_of(account, abilities):
            await ensure_poll(client, start, every)


@asynccontextmanager
async def _platform(
    settings: Settings, client: Client, accounts: list[AccountSettings], bus: ServiceBus
) -> AsyncIterator[Platform]:
    store = Store.connect(settings.database_url.get_secret_value(), sealer=sealer_of(settings))
    slots = slots_of(settings, {a.channel for a in accounts})
    opened = bootstrap.open_channels(accounts, slots)
    keep_tokens(opened, store.tokens)
    try:
        await store.check()
        yield bootstrap.platform(settings, store, bus, opened, partial(recheck, client))
    finally:
        await store.tokens.close()  # a rotated refresh token on its way to us exists nowhere else
        for channel in opened.values():
            await channel.close()
        await slots.close()
        await bus.close()
        await store.close()


async def _open_senders(bus: ServiceBus, names: Iterable[str]) -> None:
    """Before the first order needs them: opening takes half a second, sending a millisecond.

    A worker without a bus serves all the same; each step that needs it is tried until it is back.
    """
    try:
        await bus.open_senders([ORDERS_TOPIC, *(inbound_queue(name) for name in names)])
    except BusUnavailableError as error:
        log.warning("bus_not_there_yet", why=str(error))


def _say_ready(workers: list[Worker]) -> None:
    """One line for whoever started this process and waits for it."""
    line = {"event": "ready", "queues": [w.task_queue for w in workers]}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
