"""A channel's way to call with a shared token, as a client of such a marketplace has it."""

import json
from datetime import timedelta
from urllib.parse import urlencode

from channels.errors import ChannelError, CredentialsError, UnavailableError
from channels.http import AuthFlow, HttpClient, Request, Response
from channels.tokens import Fresh, Tokens
from tests.channels.servers import CountingLimiter
from tests.workers.tokens.authorization import CLIENT

CHANNEL, ACCOUNT, NAME = "toy", "main", "oauth"


class _Unsigned:
    def flow(self, request: Request) -> AuthFlow:
        yield request


class Calls:
    """Calls of one account."""

    def __init__(self, server: str, tokens: Tokens) -> None:
        self._tokens = tokens
        self._http = HttpClient(CHANNEL, ACCOUNT, server, _Unsigned(), CountingLimiter(), _judge)

    async def orders(self) -> bool:
        """One call; whether the server has enough. A refused token is renewed once."""
        access = await self.access()
        try:
            answer = await self._http.send(_with(access))
        except CredentialsError:
            await self._tokens.refused(ACCOUNT, NAME, access)
            answer = await self._http.send(_with(await self.access()))
        return bool(json.loads(answer.body)["enough"])

    async def access(self) -> str:
        """A token that is good for a while."""
        return await self._tokens.access(ACCOUNT, NAME, self._renew)

    async def close(self) -> None:
        await self._http.close()

    async def _renew(self, refresh: str | None) -> Fresh:
        grant = {"grant_type": "refresh_token", "refresh_token": refresh or ""}
        form = {**grant, "client_id": CLIENT[0], "client_secret": CLIENT[1]}
        answer = await self._http.send(
            Request("token", "POST", "token", body=urlencode(form).encode())
        )
        said = json.loads(answer.body)
        lasts = timedelta(seconds=said["expires_in"])
        return Fresh(said["access_token"], lasts, said["refresh_token"])


def _with(access: str) -> Request:
    return Request("orders", "GET", "orders", headers={"Authorization": f"Bearer {access}"})


def _judge(request: Request, response: Response) -> ChannelError | None:
    if response.ok:
        return None
    about = (CHANNEL, ACCOUNT, request.operation, f"HTTP {response.status}")
    if response.status in (400, 401):
        return CredentialsError(*about)
    return UnavailableError(*about)
