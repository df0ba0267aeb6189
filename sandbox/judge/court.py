"""Fetches all sides of the case and judges it, again and again where time is given."""

import asyncio
import importlib
import json
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol, cast

import aiohttp

from sandbox.judge import erp_book, tables
from sandbox.judge.errors import CannotJudgeError, SilentSideError
from sandbox.judge.expected import Expectation
from sandbox.judge.options import Options
from sandbox.judge.verdict import Verdict, judge

AGAIN_S = 1.0


class LedgerReader(Protocol):
    """What a marketplace's own module `expectation`, beside its sandbox, offers."""

    def expectation(self, ledger: dict[str, Any], names: Mapping[str, str]) -> Expectation:
        """Turns a ledger into expectations; `names` are our account names by seller id."""
        ...

    def sellers(self, ledger: dict[str, Any]) -> dict[str, int]:
        """How many orders each seller has."""
        ...


async def hold(options: Options) -> Verdict:
    """Judges once, or until all is well within the time given.

    Raises:
        SilentSideError: The ledger, the ERP or the database did not answer within the time.
        CannotJudgeError: Accounts do not fit, or a side is not what it should be.
    """
    deadline = time.monotonic() + options.within
    async with aiohttp.ClientSession() as session:
        while True:
            in_time = time.monotonic() < deadline
            try:
                verdict = await _judged(session, options)
                if verdict.clean or not in_time:
                    return verdict
            except SilentSideError:
                if not in_time:
                    raise
            await asyncio.sleep(min(AGAIN_S, max(deadline - time.monotonic(), 0)))


async def _judged(session: aiohttp.ClientSession, options: Options) -> Verdict:
    ledger = await _get(session, options.ledger)
    reader = _reader(options.sandbox or f"sandbox.{options.channel}")
    expected = reader.expectation(ledger, _names(options, reader.sellers(ledger)))
    found = await tables.read(options.database, options.channel, expected.accounts)
    book = None
    if options.erp:
        book = erp_book.read(await _get(session, options.erp), options.channel)
    return judge(expected, found, book)


def _reader(sandbox: str) -> LedgerReader:
    try:
        return cast(LedgerReader, importlib.import_module(f"{sandbox}.expectation"))
    except ModuleNotFoundError as error:
        raise CannotJudgeError(f"no ledger of {sandbox} can be read: {error}") from error


def _names(options: Options, sellers: dict[str, int]) -> dict[str, str]:
    if not options.account:
        return {seller: seller for seller in sellers}
    names = {seller: name for name, seller in options.account}
    unknown = sorted(set(names) - set(sellers))
    if unknown:
        raise CannotJudgeError(f"the ledger has no seller {', '.join(unknown)}; check --account")
    unnamed = sorted(s for s, orders in sellers.items() if orders and s not in names)
    if unnamed:
        raise CannotJudgeError(
            f"no name is given for {', '.join(unnamed)}; add --account NAME=SELLER_ID"
        )
    return names


async def _get(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    try:
        async with session.get(url) as response:
            response.raise_for_status()
            content = json.loads(await response.text(), parse_float=Decimal)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise SilentSideError(f"{url} cannot be read: {error!r}") from error
    return cast(dict[str, Any], content)
