"""Documents by presigned URL: gunzipped once by their bytes, bounded, whole or not there."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from channels.amazon.gunzip import Unpacking
from channels.amazon.transfer import Transfer
from channels.errors import ChannelError, ContractError, RefusedError, UnavailableError
from channels.port import Downloaded
from tests.channels.amazon.samples import calls, case, market, opened, says
from tests.channels.servers import serving

ROWS = case("H08b")
MEGABYTE = 1 << 20


async def fetched(
    body: bytes, to_path: Path, limit: int = 10 * MEGABYTE, **headers: Any
) -> Downloaded:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, headers=headers)

    async with serving(answer) as server:
        url = f"{server.url}/report?X-Amz-Signature=abc%2Fdef"
        found = await Transfer("main", limit=limit).download(url, to_path, "get_report_document")
    assert "x-amz-access-token" not in server.came[0].headers
    return found


@pytest.mark.parametrize(
    ("body", "headers", "was_gzip"),
    [
        (ROWS, {}, False),
        (gzip.compress(ROWS), {}, True),
        # Said twice, packed once; and said, but plain.
        (gzip.compress(ROWS), {"Content-Encoding": "gzip"}, True),
        (ROWS, {"Content-Encoding": "gzip"}, False),
        # Two members one after the other are one file.
        (gzip.compress(ROWS[:100]) + gzip.compress(ROWS[100:]), {}, True),
    ],
    ids=["plain", "gzip", "said-twice", "only-said", "members"],
)
async def test_h08_the_bytes_decide(
    body: bytes, headers: dict[str, Any], was_gzip: bool, tmp_path: Path
) -> None:
    found = await fetched(body, tmp_path / "r.tsv", **headers)
    assert found.path.read_bytes() == ROWS
    assert found == Downloaded(
        tmp_path / "r.tsv", len(ROWS), hashlib.sha256(ROWS).hexdigest(), was_gzip
    )


async def test_h08_a_report_that_is_announced_as_gzip_and_is_plain(tmp_path: Path) -> None:
    told = json.loads(case("H08a"))

    async def document(request: web.Request) -> web.StreamResponse:
        return web.json_response({**told, "url": f"{url}/presigned"})

    async def plain(request: web.Request) -> web.StreamResponse:
        return web.Response(body=ROWS)

    routes = (("GET", "/documents/", document), ("GET", "/presigned", plain))
    async with market(*routes) as server, opened(server) as one:
        url = server.url
        found = await one.reports.download(told["reportDocumentId"], "ANY", tmp_path / "r.tsv")
    assert found.path.read_bytes().count(b"408-8000001-") == 4
    assert len(calls(server, "/presigned")) == 1


async def test_what_is_packed_twice_is_unpacked_once(tmp_path: Path) -> None:
    inner = gzip.compress(ROWS)
    found = await fetched(gzip.compress(inner), tmp_path / "r")
    assert found.path.read_bytes() == inner


@pytest.mark.parametrize(
    "body",
    [gzip.compress(ROWS)[:-20], b"\x1f\x8b\x08\x00broken", gzip.compress(b"\0" * (11 * MEGABYTE))],
    ids=["truncated", "damaged", "bomb"],
)
async def test_what_cannot_be_read_leaves_nothing_behind(body: bytes, tmp_path: Path) -> None:
    with pytest.raises(ContractError):
        await fetched(body, tmp_path / "r")
    assert _names(tmp_path) == []


async def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="larger than"):
        await fetched(b"x" * (3 * MEGABYTE), tmp_path / "r", limit=MEGABYTE)
    assert _names(tmp_path) == []


def test_a_bomb_is_met_piece_by_piece_not_in_memory() -> None:
    bomb = gzip.compress(b"\0" * (64 * MEGABYTE))
    unpacking, largest, total = Unpacking(100 * MEGABYTE), 0, 0
    for out in unpacking.feed(bomb):
        largest, total = max(largest, len(out)), total + len(out)
    assert list(unpacking.finish()) == []
    assert largest <= MEGABYTE
    assert total == 64 * MEGABYTE


def test_pieces_of_one_byte_are_the_same_file() -> None:
    unpacking, found = Unpacking(MEGABYTE), b""
    for byte in gzip.compress(ROWS):
        found += b"".join(unpacking.feed(bytes([byte])))
    found += b"".join(unpacking.finish())
    assert found == ROWS


@pytest.mark.parametrize("body", [b"", b"\x1f"])
async def test_a_file_of_no_or_one_byte_is_that(body: bytes, tmp_path: Path) -> None:
    found = await fetched(body, tmp_path / "r")
    assert found.path.read_bytes() == body


async def test_a_url_that_has_ended_is_asked_for_again(tmp_path: Path) -> None:
    asked = 0

    async def document(request: web.Request) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        return web.json_response({"reportDocumentId": "d", "url": f"{url}/presigned{asked}"})

    async def expired(request: web.Request) -> web.StreamResponse:
        return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>")

    async def good(request: web.Request) -> web.StreamResponse:
        return web.Response(body=ROWS)

    routes = (
        ("GET", "/documents/", document),
        ("GET", "/presigned1", expired),
        ("GET", "/presigned2", good),
    )
    async with market(*routes) as server, opened(server) as one:
        url = server.url
        found = await one.reports.download("d", "ANY", tmp_path / "r")
    assert found.size == len(ROWS)
    assert asked == 2


@pytest.mark.parametrize(("status", "error"), [(403, RefusedError), (500, UnavailableError)])
async def test_an_error_names_no_part_of_the_url(
    status: int, error: type[ChannelError], tmp_path: Path
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    async with serving(answer) as server:
        with pytest.raises(error) as told:
            await Transfer("main").download(f"{server.url}/x?sig=5ecret", tmp_path / "r", "x")
    assert "5ecret" not in str(told.value)


async def test_restricted_documents_need_a_token_of_their_own(tmp_path: Path) -> None:
    async def document(request: web.Request) -> web.StreamResponse:
        return web.json_response({"reportDocumentId": "d", "url": f"{url}/presigned"})

    async def good(request: web.Request) -> web.StreamResponse:
        return web.Response(body=ROWS)

    rdt = {"restrictedDataToken": "Atz.sprdt|x", "expiresIn": 3600}
    routes = (
        ("POST", "/restrictedDataToken", says(rdt)),
        ("GET", "/documents/", document),
        ("GET", "/presigned", good),
    )
    async with market(*routes) as server, opened(server) as one:
        url = server.url
        kind = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"
        await one.reports.download("d", kind, tmp_path / "r")
    (asked,) = calls(server, "/restrictedDataToken")
    assert json.loads(asked.body) == {
        "restrictedResources": [{"method": "GET", "path": "/reports/2021-06-30/documents/d"}]
    }
    (call,) = calls(server, "/documents/")
    assert call.headers["x-amz-access-token"] == "Atz.sprdt|x"


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]
