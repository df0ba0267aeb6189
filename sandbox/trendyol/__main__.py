"""`python -m sandbox.trendyol`: runs the sandbox until it is told to stop."""

import argparse
import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

import structlog
from aiohttp import web

from sandbox.engine.database import Database
from sandbox.trendyol.accounts import read_accounts
from sandbox.trendyol.app import make_app
from sandbox.trendyol.knobs import Knobs, kept_knobs
from sandbox.trendyol.world import World


def main() -> None:
    """Reads the command line and serves."""
    options = _options()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    asyncio.run(_serve(options))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox.trendyol", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data", type=Path, required=True, help="directory of the SQLite file")
    parser.add_argument("--accounts", type=Path, required=True, help="accounts file, JSON")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--time-scale", type=float, default=1.0, help="divides long durations")
    parser.add_argument("--knob", action="append", default=[], metavar="NAME=JSON")
    return parser.parse_args()


def _knobs(options: argparse.Namespace, database: Database) -> Knobs:
    given = kept_knobs(database)
    given |= {"seed": options.seed, "time_scale": options.time_scale}
    for knob in options.knob:
        name, _, value = knob.partition("=")
        given[name] = json.loads(value)
    return Knobs.model_validate(given)


async def _serve(options: argparse.Namespace) -> None:
    accounts = read_accounts(options.accounts)
    database = Database(options.data, "trendyol")
    world = World(accounts, database, _knobs(options, database))
    runner = web.AppRunner(make_app(world), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, options.host, options.port)
    await site.start()
    port = runner.addresses[0][1]
    sys.stdout.write(json.dumps({"event": "listening", "port": port}) + "\n")
    sys.stdout.flush()
    await _told_to_stop()
    await runner.cleanup()


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    await stop.wait()


if __name__ == "__main__":
    main()
