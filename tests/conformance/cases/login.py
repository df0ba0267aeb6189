"""Who calls: first login, tokens that end, secrets that are wrong or withdrawn."""

import asyncio
import json
import os
import sys

from channels.errors import CredentialsError
from tests.conformance.case import LISTS, READS, SHOWS, TOKENS, case
from tests.conformance.cases.raises import raised
from tests.conformance.stage import Stage, Trader, of_order
from tests.fixtures.command import ROOT

AT_ONCE = 50
FEW = 4
"""Calls after which a channel that is refused must have given up."""


async def _look(trader: Trader, order_id: str) -> bool:
    """Any read; whether the order was there."""
    return bool(await trader.read(order_id))


@case("first-login", "A channel that was never used obtains one token and works.", TOKENS, SHOWS)
async def first_login(at: Stage) -> None:
    told = await at.one.place()
    before = (await at.one.ledger()).tokens
    assert await _look(at.one, told.order_id)
    assert await _look(at.one, told.order_id)
    assert (await at.one.ledger()).tokens - before == 1


@case(
    "token-ends-within-paging",
    "A token that ends between two pages is renewed once, and no order is missed.",
    TOKENS,
    LISTS,
)
async def token_ends_within_paging(at: Stage) -> None:
    placed = [await at.one.place() for _ in range(5)]
    await at.market.settings(page_size=2)
    await at.one.pages()
    before = (await at.one.ledger()).tokens
    await at.market.fault(seller=at.one.seller, on="list", kind="expired", after=1)
    pages = await at.one.pages()
    assert len(pages) >= 3, "there were not several pages"
    missing = [t.order_id for t in placed if not of_order(pages, t.order_id)]
    assert not missing, f"the read missed {missing}"
    assert (await at.one.ledger()).tokens - before == 1


@case("wrong-secret", "Wrong secrets are a CredentialsError at once, which shows none.", SHOWS)
async def wrong_secret(at: Stage) -> None:
    told = await at.other.place()
    secrets = at.wrong_secrets(0)
    assert secrets, "the account has no secret option"
    trader = at.open(0, options=secrets)
    error = await raised(trader.read(told.order_id), CredentialsError)
    assert len(trader.limiter.asked) <= FEW, "it went on knocking"
    shown = [name for name, secret in secrets.items() if secret in str(error)]
    assert not shown, f"the error shows {shown}"


@case(
    "revoked",
    "Credentials that are withdrawn are a CredentialsError without knocking on, and it works again"
    " once they are good.",
    SHOWS,
)
async def revoked(at: Stage) -> None:
    told = await at.one.place()
    assert await _look(at.one, told.order_id)
    await at.market.credentials(seller=at.one.seller, state="revoked")
    asked = len(at.one.limiter.asked)
    await raised(at.one.read(told.order_id), CredentialsError)
    assert len(at.one.limiter.asked) - asked <= FEW, "it went on knocking"
    await at.market.credentials(seller=at.one.seller, state="good")
    assert await _look(at.one, told.order_id)


@case(
    "refresh-raced-by-50-calls",
    "Fifty calls that meet an ended token renew it once, and all succeed.",
    TOKENS,
    READS,
)
async def refresh_raced_by_calls(at: Stage) -> None:
    told = await at.one.place()
    assert await _look(at.one, told.order_id)
    before = (await at.one.ledger()).tokens
    await at.market.credentials(seller=at.one.seller, state="expired")
    found = await asyncio.gather(*(_look(at.one, told.order_id) for _ in range(AT_ONCE)))
    assert all(found)
    assert (await at.one.ledger()).tokens - before == 1


@case(
    "refresh-raced-by-two-processes",
    "Two processes that meet an ended token renew it once, and both succeed.",
    TOKENS,
    READS,
)
async def refresh_raced_by_processes(at: Stage) -> None:
    told = await at.one.place()
    assert await _look(at.one, told.order_id)
    before = (await at.one.ledger()).tokens
    await at.market.credentials(seller=at.one.seller, state="expired")
    given = json.dumps(
        {
            "channel": at.row.name,
            "account": at.market.accounts[0],
            "order_id": told.order_id,
            "database_url": at.database_url,
            "mutant": at.mutant,
        }
    )
    racers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.conformance.racer", given,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, cwd=ROOT, env=dict(os.environ),
        )
        for _ in range(2)
    ]  # fmt: skip
    for racer in racers:
        assert racer.stdout is not None and racer.stdin is not None
        line = await asyncio.wait_for(racer.stdout.readline(), 30)
        assert line == b"ready\n", (await racer.communicate())[1].decode()
    ends = await asyncio.gather(*(racer.communicate(b"go\n") for racer in racers))
    for racer, (said, complaint) in zip(racers, ends, strict=True):
        assert racer.returncode == 0 and said == b"found\n", complaint.decode()[-2000:]
    assert (await at.one.ledger()).tokens - before == 1
