"""Faults of who calls."""

import asyncio
from typing import Any

from channels.errors import CredentialsError
from channels.http import Request, Response
from tests.conformance.mutants.planting import Replace, mutant
from tests.conformance.toy.calls import Calls
from tests.conformance.toy.errors import TokenEndedError

KNOCKS = 6


@mutant("first-login", "It logs in anew for each call.")
def logs_in_each_time(replace: Replace) -> None:
    async def access(self: Calls) -> str:
        return (await self._renew(None)).access

    replace(Calls, "_access", access)


@mutant("token-ends-within-paging", "A token that ends early is taken for a withdrawn key.")
def gives_up(replace: Replace) -> None:
    async def send(self: Calls, request: Request) -> Response:
        return await self._with(await self._access(), request)

    replace(Calls, "send", send)


@mutant("wrong-secret", "The error quotes the key.")
def quotes_the_key(replace: Replace) -> None:
    known = Calls._renew

    async def renew(self: Calls, refresh: str | None) -> Any:
        try:
            return await known(self, refresh)
        except CredentialsError as error:
            error.message += f" ({self._options.api_key.get_secret_value()})"
            raise

    replace(Calls, "_renew", renew)


@mutant("revoked", "A withdrawn key is tried again and again.")
def knocks_on(replace: Replace) -> None:
    known = Calls.send

    async def send(self: Calls, request: Request) -> Response:
        for _ in range(KNOCKS):
            try:
                return await known(self, request)
            except CredentialsError:
                continue
        return await known(self, request)

    replace(Calls, "send", send)


@mutant("refresh-raced-by-50-calls", "Each call that meets an ended token gets one of its own.")
def each_for_itself(replace: Replace) -> None:
    async def send(self: Calls, request: Request) -> Response:
        try:
            return await self._with(await self._access(), request)
        except TokenEndedError:
            return await self._with((await self._renew(None)).access, request)

    replace(Calls, "send", send)


@mutant("refresh-raced-by-two-processes", "Tokens are kept by each process for itself.")
def within_the_process(replace: Replace) -> None:
    kept: dict[str, str] = {}
    lock = asyncio.Lock()

    async def access(self: Calls) -> str:
        async with lock:
            if self._account not in kept:
                kept[self._account] = (await self._renew(None)).access
            return kept[self._account]

    async def send(self: Calls, request: Request) -> Response:
        shown = await self._access()
        try:
            return await self._with(shown, request)
        except TokenEndedError:
            if kept.get(self._account) == shown:
                del kept[self._account]
            return await self._with(await self._access(), request)

    replace(Calls, "_access", access)
    replace(Calls, "send", send)
