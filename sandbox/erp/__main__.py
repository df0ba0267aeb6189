"""Runs the ERP stand-in; prints one line of JSON when it listens."""

import asyncio
import json
import signal
import sys

import structlog
from aiohttp import web

from sandbox.erp.book import Book
from sandbox.erp.intake import Intake
from sandbox.erp.line import Line
from sandbox.erp.options import Options, parse
from sandbox.erp.outbox import Outbox
from sandbox.erp.switch import Switch
from sandbox.erp.web import Surface


async def serve(options: Options) -> None:
    """Works until SIGINT or SIGTERM."""
    book = Book(options.data)
    outbox = Outbox(book)
    intake = Intake(book, outbox, options)
    switch = Switch()
    line = Line(options, book, intake, outbox, switch)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, switch.end)
    runner = web.AppRunner(Surface(book, outbox, line, switch).app(), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, options.host, options.port)
        await site.start()
        announcement = {"event": "listening", "port": runner.addresses[0][1]}
        sys.stdout.write(json.dumps(announcement) + "\n")
        sys.stdout.flush()
        await line.run()
    finally:
        await runner.cleanup()
        book.close()


def main() -> None:
    """Entry point."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(serve(parse()))


if __name__ == "__main__":
    main()
