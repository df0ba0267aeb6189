"""The few HTTP calls of the stack, in plain asyncio: a probe must not cost an HTTP library."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 10.0


class CallError(Exception):
    """A part of the stack did not answer as it should."""


async def call(method: str, url: str, body: object | None = None) -> Any:
    """Sends JSON, and reads JSON.

    Raises:
        CallError: Nobody answered in time, or not with 2xx; has the answer's words.
    """
    try:
        async with asyncio.timeout(TIMEOUT_S):
            status, text = await _exchange(method, url, body)
    except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
        raise CallError(f"{method} {url}: no answer ({type(error).__name__}: {error})") from error
    if not 200 <= status < 300:
        words = text.decode("utf-8", "replace")[:500]
        raise CallError(f"{method} {url}: {status} {words}")
    return json.loads(text) if text.strip() else None


async def answers(url: str) -> bool:
    """Whether a GET is answered with 2xx."""
    try:
        await call("GET", url)
    except (CallError, ValueError):
        return False
    return True


async def _exchange(method: str, url: str, body: object | None) -> tuple[int, bytes]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 24)
    try:
        content = b"" if body is None else json.dumps(body).encode()
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        # HTTP/1.0: the answer ends with the connection, and never comes in chunks.
        head = (
            f"{method} {path or '/'} HTTP/1.0\r\nHost: {host}:{port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        writer.write(head.encode() + content)
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
    top, _, rest = answer.partition(b"\r\n\r\n")
    return int(top.split(b" ", 2)[1]), rest
