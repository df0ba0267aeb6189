"""A process that calls again and again with the token that it shares with others.

`python -m tests.workers.tokens.racer DATABASE KEYS SERVER CLAIM_S`
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from store.database import Database
from store.sealing_ring import KeyRing
from store.tokens import TokenStore
from tests.workers.tokens.calls import CHANNEL, Calls
from workers import logs
from workers.tokens import ChannelTokens


async def race(url: str, keys: str, server: str, claim_s: str) -> None:
    """Until the server says that it is enough."""
    database = Database(url, 2)
    claim = timedelta(seconds=float(claim_s))
    store = TokenStore(database, KeyRing.of_file(Path(keys)), claim_for=claim)
    calls = Calls(server, ChannelTokens(CHANNEL, store))
    while not await calls.orders():
        pass
    await store.close()
    await calls.close()
    await database.close()


if __name__ == "__main__":
    logs.configure("WARNING")
    asyncio.run(race(*sys.argv[1:5]))
