"""`python -m tests.conformance.racer JSON`: one of two processes that race for one token."""

import asyncio
import json
import sys
from typing import Any

import structlog

from store import Plain
from store.database import Database
from store.tokens import TokenStore
from tests.conformance.limits import Noted
from tests.conformance.rows import as_any, rows
from workers.tokens import keep_tokens


async def race(given: dict[str, Any]) -> None:
    """Says `ready`, waits for a line, reads the order, says `found`."""
    row = rows()[given["channel"]]
    package = as_any(row)
    database = Database(given["database_url"], 2)
    options = package.AccountOptions.model_validate(given["account"]["options"])
    account = given["account"]["account"]
    channel = package.connect(account, options, Noted())
    keep_tokens({(row.name, account): channel}, TokenStore(database, Plain()))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    found = await channel.fetch_order(given["order_id"])
    sys.stdout.write("found\n" if found else "missing\n")
    await channel.close()
    await database.close()


def main() -> None:
    """Plants what is to be planted, and races."""
    given = json.loads(sys.argv[1])
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    if given["mutant"]:
        from tests.conformance.mutants import planted

        with planted(given["mutant"]):
            asyncio.run(race(given))
    else:
        asyncio.run(race(given))


if __name__ == "__main__":
    main()
