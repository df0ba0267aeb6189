"""A process that asks for the token again and again.

`python -m tests.store.tokens.racer DATABASE SERVER`
"""

import asyncio
import sys
from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from store import Plain
from store.database import Database
from store.tokens import TokenStore


@dataclass(frozen=True)
class Issued:
    access: str
    refresh: str | None
    lasts: timedelta


async def race(url: str, server: str) -> None:
    """Until the marketplace says that it is enough."""
    database = Database(url, 2)
    tokens = TokenStore(database, Plain())
    async with aiohttp.ClientSession() as session:

        async def renew(refresh: str | None) -> Issued:
            async with session.post(f"{server}/renew", json={"refresh": refresh}) as answer:
                answer.raise_for_status()
                said = await answer.json()
            return Issued(said["access"], said["refresh"], timedelta(seconds=said["lasts"]))

        while True:
            access = await tokens.access("toy", "main", "oauth", renew)
            async with session.get(f"{server}/use", params={"access": access}) as answer:
                if answer.status == 410:
                    break
    await database.close()


if __name__ == "__main__":
    asyncio.run(race(*sys.argv[1:3]))
