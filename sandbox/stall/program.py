"""A stand-in as a program: reads the command line and serves until it is told to stop."""

import argparse
import asyncio
import contextlib
import json
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import structlog
from aiohttp import web

from sandbox.conformance import surface
from sandbox.stall import lifecycle, operator, traffic
from sandbox.stall.accounts import read_sellers
from sandbox.stall.conformance import StallBench
from sandbox.stall.gate import WORLD, guarded
from sandbox.stall.market import Market
from sandbox.stall.refusals import Refusal
from sandbox.stall.world import World

MAX_BODY = 16 * 1024 * 1024


def main(market: Market, bench: Callable[[World], surface.Bench] = StallBench) -> None:
    """Runs one marketplace's stand-in. Prints `{"event": "listening", "port": N}` when ready.

    Args:
        market: The marketplace's own half.
        bench: What it does for those who try a channel on it.
    """
    options = _options(market.name)
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    asyncio.run(_serve(market, options, bench))


def make_app(world: World, bench: Callable[[World], surface.Bench] = StallBench) -> web.Application:
    """The marketplace's API, and the operator's surface under /_sandbox."""
    app = web.Application(client_max_size=MAX_BODY)
    app[WORLD] = world
    operator.add_routes(app)
    surface.add_routes(app, bench(world), world.database.commit)
    for route in world.market.routes:
        app.router.add_route(route.method, route.path, guarded(route))
    app.router.add_route("*", "/{rest:.*}", _no_such_call)
    lifecycle.register(world)
    traffic.register(world)
    app.cleanup_ctx.append(_in_the_background)
    return app


async def _no_such_call(request: web.Request) -> web.Response:
    words = f"There is no call {request.method} {request.path}."
    return request.app[WORLD].market.refuse(Refusal(404, "no_such_call", words))


def _options(name: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m sandbox.{name}", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data", type=Path, required=True, help="directory of the SQLite file")
    parser.add_argument("--accounts", type=Path, required=True, help="accounts file, JSON")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--time-scale", type=float, default=1.0, help="divides long durations")
    parser.add_argument("--knob", action="append", default=[], metavar="NAME=JSON")
    return parser.parse_args()


async def _serve(
    market: Market, options: argparse.Namespace, bench: Callable[[World], surface.Bench]
) -> None:
    given: dict[str, object] = {"seed": options.seed, "time_scale": options.time_scale}
    for knob in options.knob:
        name, _, value = knob.partition("=")
        given[name] = json.loads(value)
    world = World(market, read_sellers(options.accounts), options.data, given)
    runner = web.AppRunner(make_app(world, bench), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, options.host, options.port)
    await site.start()
    sys.stdout.write(json.dumps({"event": "listening", "port": runner.addresses[0][1]}) + "\n")
    sys.stdout.flush()
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    await stop.wait()
    await runner.cleanup()


async def _in_the_background(app: web.Application) -> AsyncIterator[None]:
    world = app[WORLD]
    tasks = [asyncio.create_task(world.postman.run()), asyncio.create_task(world.timers.run())]
    yield
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks)
    world.database.close()
