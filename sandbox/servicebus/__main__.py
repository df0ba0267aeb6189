"""`python -m sandbox.servicebus`: a Service Bus of one's own."""

import argparse
import asyncio
import json
import logging
import os
import resource
import signal
import sys
from pathlib import Path

import structlog

from sandbox.servicebus.broker.declaration import (
    Declaration,
    DeclarationError,
    KeySettings,
    load_declaration,
)
from sandbox.servicebus.server import Server
from sandbox.servicebus.storage.store import StoreInUseError

KEY_VARIABLE = "SOUK_SERVICEBUS_KEY"
EMULATOR_KEY = "SAS_KEY_VALUE"
"""What the connection strings of the official emulator carry."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the broker until SIGTERM or SIGINT."""
    options = _options(arguments)
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if options.verbose else logging.INFO
        ),
    )
    try:
        declaration = load_declaration(options.config) if options.config else Declaration()
        asyncio.run(_serve(options, declaration))
    except (DeclarationError, StoreInUseError) as error:
        print(f"servicebus: {error}", file=sys.stderr)  # noqa: T201 - the command's own words
        return 2
    return 0


async def _serve(options: argparse.Namespace, declaration: Declaration) -> None:
    _allow_many_connections()
    keys = {options.key_name: KeySettings(key=options.key)}
    server = Server(declaration, options.data, keys)
    await server.start(options.host, options.port, options.admin_port)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    listening = {"event": "listening", "port": server.port, "admin_port": server.admin_port}
    print(json.dumps(listening), flush=True)  # noqa: T201 - the line that callers wait for
    await stop.wait()
    await server.stop()


def _allow_many_connections() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.servicebus", description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="where to listen")
    parser.add_argument("--port", type=int, default=5672, help="AMQP port, 0 for any")
    parser.add_argument("--admin-port", type=int, default=0, help="HTTP port, 0 for any")
    parser.add_argument("--config", type=Path, help="the declaration, YAML or JSON")
    parser.add_argument("--data", type=Path, required=True, help="the folder for the messages")
    parser.add_argument("--key-name", default="RootManageSharedAccessKey")
    parser.add_argument(
        "--key",
        default=os.environ.get(KEY_VARIABLE, EMULATOR_KEY),
        help=f"the shared access key; else {KEY_VARIABLE}, else the emulator's",
    )
    parser.add_argument("--verbose", action="store_true", help="log every connection")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
