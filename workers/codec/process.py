"""`souk codec`: the codec server as a process of its own."""

import asyncio
import json
import signal
import sys

from aiohttp import web

from workers.codec.payloads import SealingCodec
from workers.codec.server import CodecServer
from workers.sealer import sealer_of
from workers.settings import Settings, SettingsError


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT.

    Raises:
        SettingsError: There is no token, or no key file: nothing could be opened.
        SealError: The key file cannot be read.
    """
    codec = settings.codec
    token = codec.token.get_secret_value()
    if not token or settings.key_file is None:
        raise SettingsError(
            "The codec server needs `codec.token` (SOUK_CODEC__TOKEN) and `key_file`"
            " (SOUK_KEY_FILE): set both."
        )
    server = CodecServer(SealingCodec(sealer_of(settings)), token, codec.origins)
    runner = web.AppRunner(server.app(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, codec.host, codec.port).start()
        line = {"event": "listening", "port": runner.addresses[0][1]}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        await _until_told()
    finally:
        await runner.cleanup()


async def _until_told() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
