"""The storage that presigned URLs lead to: it speaks XML, and knows nothing of tokens."""

import gzip
import time
from collections.abc import Awaitable, Callable
from xml.sax.saxutils import escape

from aiohttp import web

from sandbox.amazon.documents.files import ROUTE, Document
from sandbox.amazon.gate import WORLD
from sandbox.engine.clock import now_ms

Serve = Callable[[web.Request, Document], Awaitable[web.StreamResponse]]
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]

DAMAGES = frozenset({"truncated", "gzip_twice"})


class StorageError(Exception):
    """A refusal in the storage's own words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def response(self) -> web.Response:
        """The XML body."""
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{self.code}</Code><Message>{escape(str(self))}</Message></Error>"
        )
        return web.Response(text=text, status=self.status, content_type="application/xml")


def add_routes(app: web.Application) -> None:
    """Mounts the storage."""
    app.router.add_get(ROUTE + "/{id}", _counted("documents.get", _get))
    app.router.add_put(ROUTE + "/{id}", _counted("documents.put", _put))


def _counted(operation: str, handler: Serve) -> Endpoint:
    async def endpoint(request: web.Request) -> web.StreamResponse:
        world = request.app[WORLD]
        document = world.documents.get(request.match_info["id"])
        response: web.StreamResponse
        try:
            response = await handler(request, _allowed(request, document))
        except StorageError as refusal:
            response = refusal.response()
        seller = document.seller if document else "nobody"
        world.meter.count(seller, operation, str(response.status), now_ms())
        world.database.commit()
        return response

    return endpoint


def _allowed(request: web.Request, document: Document | None) -> Document:
    """The document, if the URL opens it.

    Raises:
        StorageError: 403, as it would come from S3.
    """
    world, query = request.app[WORLD], request.query
    expires, mark = query.get("X-Amz-Expires", ""), query.get("X-Amz-Signature", "")
    if document is None or not world.documents.signed(document.id, request.method, expires, mark):
        raise StorageError(
            403, "SignatureDoesNotMatch", "The request signature we calculated does not match"
        )
    if int(expires) < time.time() * 1000:
        raise StorageError(403, "AccessDenied", "Request has expired")
    return document


async def _get(request: web.Request, document: Document) -> web.StreamResponse:
    world = request.app[WORLD]
    if not document.uploaded:
        raise StorageError(404, "NoSuchKey", "The specified key does not exist.")
    path = world.documents.path(document)
    headers = {"Content-Type": document.content_type}
    if document.gzipped and "response-content-encoding" in request.query:
        headers["Content-Encoding"] = "gzip"
    fault = world.faults.later(document.seller, document.kind, DAMAGES)
    if fault is None:
        return web.FileResponse(path, headers=headers)
    body = path.read_bytes()
    body = body[: len(body) // 2] if fault.kind == "truncated" else gzip.compress(body)
    return web.Response(body=body, headers=headers)


async def _put(request: web.Request, document: Document) -> web.Response:
    given = request.headers.get("Content-Type", "")
    if given.replace(" ", "").lower() != document.content_type.replace(" ", "").lower():
        raise StorageError(
            403,
            "SignatureDoesNotMatch",
            f"Content-Type is {given or 'missing'}, signed was {document.content_type}",
        )
    request.app[WORLD].documents.upload(document, await request.read())
    return web.Response(status=200)
