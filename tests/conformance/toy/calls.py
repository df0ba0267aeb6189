"""Calls with a token: obtained once for all, and anew where the marketplace ends it early."""

import json
from datetime import timedelta

from channels.http import HttpClient, Request, Response
from channels.tokens import Fresh, Tokens
from tests.conformance.toy import quotas
from tests.conformance.toy.errors import TokenEndedError
from tests.conformance.toy.options import AccountOptions
from tests.conformance.toy.wire import WireToken, read

NAME = "seller"
"""Of the token in the store."""


class Calls:
    """Sends one account's requests."""

    def __init__(
        self, http: HttpClient, account: str, options: AccountOptions, tokens: Tokens
    ) -> None:
        self._http = http
        self._account = account
        self._options = options
        self.tokens = tokens

    async def send(self, request: Request) -> Response:
        """Sends it; once more with another token where this one has ended."""
        access = await self._access()
        try:
            return await self._with(access, request)
        except TokenEndedError:
            await self.tokens.refused(self._account, NAME, access)
        return await self._with(await self._access(), request)

    async def _access(self) -> str:
        return await self.tokens.access(self._account, NAME, self._renew)

    async def _with(self, access: str, request: Request) -> Response:
        return await self._http.send(request.with_headers({"Authorization": f"Bearer {access}"}))

    async def _renew(self, refresh: str | None) -> Fresh:
        key = self._options.api_key.get_secret_value()
        body = json.dumps({"refresh": refresh}).encode()
        request = Request(quotas.LOGIN, "POST", "login", headers={"X-Api-Key": key}, body=body)
        response = await self._http.send(request)
        token: WireToken = read(WireToken, response.body, self._account, quotas.LOGIN)
        return Fresh(token.access, timedelta(seconds=token.lasts), token.refresh)
