"""The codec server: opens payloads for the web UI and Temporal's command line.

It speaks Temporal's remote codec protocol: `POST /encode` and `POST /decode` with a JSON
`Payloads`. Whoever asks shows the token, as `Authorization: Bearer TOKEN` or, where a browser
cannot, as the first part of the path: `/TOKEN/decode`. Pages of other origins than those allowed
get no answer that they could read.
"""

import hmac
from collections.abc import Awaitable, Callable, Collection

import structlog
from aiohttp import web
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from temporalio.api.common.v1 import Payload, Payloads

from store.sealing import SealError
from workers.codec.payloads import SealingCodec

BODY_LIMIT = 8 * 1024 * 1024
_HEADERS = "authorization, content-type, x-namespace"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger(__name__)


class CodecServer:
    """Two routes behind a token."""

    def __init__(self, codec: SealingCodec, token: str, origins: Collection[str]) -> None:
        """Makes the server.

        Args:
            codec: What seals and opens.
            token: Which whoever asks must show.
            origins: Of web pages that may ask, such as `http://127.0.0.1:8233`.
        """
        self._codec = codec
        self._token = token.encode()
        self._origins = frozenset(origins)

    def app(self) -> web.Application:
        """The application."""
        app = web.Application(client_max_size=BODY_LIMIT, middlewares=[self._cors])
        for prefix in ("", "/{token}"):
            app.router.add_post(f"{prefix}/encode", self._guarded(self._encode))
            app.router.add_post(f"{prefix}/decode", self._guarded(self._decode))
        return app

    @web.middleware
    async def _cors(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Answers a browser's question whether a page may ask, and marks answers for it."""
        origin = request.headers.get("Origin")
        if origin is not None and origin not in self._origins:
            log.warning("codec_origin_refused", origin=origin[:200])
            return web.Response(status=403, text="This origin is not allowed.")
        answer = web.Response(status=204) if request.method == "OPTIONS" else await handler(request)
        if origin is not None:
            answer.headers["Access-Control-Allow-Origin"] = origin
            answer.headers["Access-Control-Allow-Methods"] = "POST"
            answer.headers["Access-Control-Allow-Headers"] = _HEADERS
            answer.headers["Access-Control-Allow-Credentials"] = "true"
            answer.headers["Vary"] = "Origin"
        return answer

    def _guarded(self, work: Callable[[list[Payload]], Awaitable[list[Payload]]]) -> _Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if not self._may(request):
                return web.Response(status=401, text="Show the codec server's token.")
            try:
                payloads = Parse(await request.text(), Payloads())
                answered = await work(list(payloads.payloads))
            except (ParseError, UnicodeDecodeError):
                return web.Response(status=400, text="The body is not a JSON `Payloads`.")
            except SealError as error:
                return web.Response(status=422, text=str(error))
            body = MessageToJson(Payloads(payloads=answered))
            return web.Response(text=body, content_type="application/json")

        return handle

    def _may(self, request: web.Request) -> bool:
        shown = request.match_info.get("token")
        if shown is None:
            kind, _, shown = request.headers.get("Authorization", "").partition(" ")
            if kind.lower() != "bearer":
                return False
        return hmac.compare_digest(shown.encode(), self._token)

    async def _encode(self, payloads: list[Payload]) -> list[Payload]:
        return await self._codec.encode(payloads)

    async def _decode(self, payloads: list[Payload]) -> list[Payload]:
        return await self._codec.decode(payloads)
