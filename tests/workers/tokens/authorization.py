"""An authorization server and the API behind it: OAuth 2.0 with refresh tokens that rotate."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from aiohttp import web

CLIENT = ("souk", "client-secret")


@dataclass
class Authorization:
    """Issues tokens by RFC 6749, section 6.

    With `revokes_at_once` a used refresh token is dead and whoever shows it again ends the
    connection for good; without, it stays good until its successor is used.
    """

    revokes_at_once: bool = True
    lasts: float = 3600.0
    renewals: int = 0
    shown: list[str] = field(default_factory=list)
    """Refresh tokens in the order in which they came."""
    lost: bool = False
    under_way: int = 0
    most_under_way: int = 0
    calls: int = 0
    refusals: int = 0
    enough: int = 1_000_000
    answers: asyncio.Event | None = None
    """Held back until then, with the tokens rotated already."""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/token", self._token)
        app.router.add_get("/orders", self._orders)
        return app

    def answer(self) -> None:
        """Lets go what is held back."""
        assert self.answers is not None
        self.answers.set()

    @property
    def _good(self) -> set[str]:
        kept = set() if self.revokes_at_once or not self.renewals else {self.renewals - 1}
        return {f"r{n}" for n in kept | {self.renewals}}

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: values[0] for name, values in parse_qs(await request.text()).items()}
        if (form["client_id"], form["client_secret"]) != CLIENT:
            return web.json_response({"error": "invalid_client"}, status=401)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(0.002)
            self.shown.append(form["refresh_token"])
            if self.lost or form["refresh_token"] not in self._good:
                self.lost = True
                return web.json_response({"error": "invalid_grant"}, status=400)
            if form["refresh_token"] == f"r{self.renewals}":
                self.renewals += 1
            if self.answers is not None:
                await self.answers.wait()
            issued = {"access_token": f"a{self.renewals}", "refresh_token": f"r{self.renewals}"}
            return web.json_response({**issued, "expires_in": self.lasts})
        finally:
            self.under_way -= 1

    async def _orders(self, request: web.Request) -> web.Response:
        if self.renewals >= self.enough:
            return web.json_response({"enough": True})
        # The one before is good for calls that were on their way when it was renewed.
        good = {f"Bearer a{self.renewals}", f"Bearer a{self.renewals - 1}"}
        if request.headers.get("Authorization") not in good:
            self.refusals += 1
            return web.json_response({"error": "invalid_token"}, status=401)
        self.calls += 1
        return web.json_response({"enough": False})
