"""The bridge as a process: receiver, dispatcher, or both, until it is told to stop."""

import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Literal

import structlog
from aiohttp import web
from temporalio.client import Client

from activities.signatures.start import inbound_queue
from bridge.bus import ServiceBus
from bridge.claims import Claims
from bridge.dispatcher import Dispatcher, DispatcherOptions
from bridge.health import dispatcher_app
from bridge.receiver import receiver_app
from channels.port import Channel
from store import Store

Part = Literal["receiver", "dispatcher"]
SHUTDOWN_TIMEOUT = 10.0
"""Seconds that hooks in hand get to finish."""

log = structlog.get_logger()


@dataclass(frozen=True)
class BridgeOptions:
    """Where to listen, and how much to take.

    Attributes:
        host: For both ports.
        port: The receiver's; 0 for any.
        health_port: The dispatcher's; 0 for any.
    """

    dispatcher: DispatcherOptions
    host: str = "127.0.0.1"
    port: int = 0
    health_port: int = 0


async def run(
    parts: AbstractSet[Part],
    options: BridgeOptions,
    *,
    bus: ServiceBus,
    store: Store,
    channels: Mapping[tuple[str, str], Channel],
    client: Client,
    claims: Claims | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Runs the parts until SIGTERM, SIGINT or `stop`, then finishes what is in hand.

    Prints one line of JSON when ready: `{"event": "listening", "port": ..., "health_port": ...}`,
    each port only where its part runs. The bus is closed at the end; store, channels and client
    stay their owner's.

    Raises:
        BusUnavailableError: The bus was away at the start, or lacks a queue.
    """
    stop = stop or asyncio.Event()
    _stop_on_signals(stop)
    ports: dict[str, int] = {}
    async with AsyncExitStack() as stack:
        stack.push_async_callback(bus.close)
        if "receiver" in parts:
            await bus.open_senders(sorted({inbound_queue(name) for name, _ in channels}))
            app = receiver_app(bus, channels)
            ports["port"] = await _serve(stack, app, options.host, options.port)
        stopped = asyncio.create_task(stop.wait(), name="stop")
        working: set[asyncio.Task[Any]] = {stopped}
        if "dispatcher" in parts:
            dispatcher = Dispatcher(bus, store, channels, client, options.dispatcher, claims)
            task = asyncio.create_task(dispatcher.run(), name="dispatcher")
            stack.push_async_callback(_finish, dispatcher, task)
            working.add(task)
            app = dispatcher_app(dispatcher)
            ports["health_port"] = await _serve(stack, app, options.host, options.health_port)
        sys.stdout.write(json.dumps({"event": "listening", **ports}) + "\n")
        sys.stdout.flush()
        log.info("bridge_started", parts=sorted(parts), **ports)
        await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        log.info("bridge_stopping")


async def _serve(stack: AsyncExitStack, app: web.Application, host: str, port: int) -> int:
    """Listens; on leaving the stack, hooks in hand are answered first. Returns the port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, host, port)
    await site.start()
    bound: int = runner.addresses[0][1]
    return bound


async def _finish(dispatcher: Dispatcher, task: asyncio.Task[None]) -> None:
    dispatcher.stop()
    await task


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
