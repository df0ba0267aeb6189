"""Payloads are unreadable without the ring, and readable with it, also for people."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from google.protobuf.json_format import MessageToJson, Parse
from pydantic import BaseModel
from temporalio.api.common.v1 import Payloads
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from store import Plain
from store.sealing_ring import KeyRing, Keys, new_keys
from workers.codec import SealingCodec, sealed_converter
from workers.codec.server import CodecServer

TOKEN, ORIGIN = "a-token", "http://127.0.0.1:8233"


class Buyer(BaseModel):
    name: str


BUYER = Buyer(name="Canary Qahtani")


@pytest.fixture(scope="module")
def keys() -> Keys:
    return new_keys()


async def test_models_go_through_and_leave_no_trace(keys: Keys) -> None:
    converter = sealed_converter(KeyRing.of(keys))
    payloads = await converter.encode([BUYER])
    assert b"Canary" not in payloads[0].SerializeToString()
    assert payloads[0].metadata["encoding"] == b"binary/encrypted"
    later = sealed_converter(KeyRing.of(keys.rotated()))
    assert await later.decode(payloads, [Buyer]) == [BUYER]


async def test_failures_are_sealed_with_message_and_stack(keys: Keys) -> None:
    converter = sealed_converter(KeyRing.of(keys))
    failure = Failure()
    try:
        raise ApplicationError("refused for Canary Qahtani", BUYER)
    except ApplicationError as error:
        await converter.encode_failure(error, failure)
    assert b"Canary" not in failure.SerializeToString()
    assert failure.message == "Encoded failure"
    again = await converter.decode_failure(failure)
    assert "refused for Canary Qahtani" in str(again)


async def test_what_was_written_plainly_is_still_read(keys: Keys) -> None:
    plain = await sealed_converter(Plain()).encode([BUYER])
    assert await sealed_converter(KeyRing.of(keys)).decode(plain, [Buyer]) == [BUYER]


@pytest_asyncio.fixture
async def server(keys: Keys) -> AsyncIterator[str]:
    codec = SealingCodec(KeyRing.of(keys))
    one = TestServer(CodecServer(codec, TOKEN, [ORIGIN]).app())
    await one.start_server()
    yield str(one.make_url("")).rstrip("/")
    await one.close()


async def _ask(
    url: str, body: str, method: str = "POST", **headers: str
) -> tuple[int, str, dict[str, Any]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=body, headers=named) as answer,
    ):
        return answer.status, await answer.text(), dict(answer.headers)


async def _sealed(keys: Keys) -> str:
    payloads = await sealed_converter(KeyRing.of(keys)).encode([BUYER])
    return MessageToJson(Payloads(payloads=payloads))


@pytest.mark.parametrize("way", ["header", "path"])
async def test_payloads_are_opened_for_whoever_shows_the_token(
    server: str, keys: Keys, way: str
) -> None:
    url = f"{server}/decode" if way == "header" else f"{server}/{TOKEN}/decode"
    headers = {"Authorization": f"Bearer {TOKEN}"} if way == "header" else {}
    status, body, _ = await _ask(url, await _sealed(keys), **headers)
    assert status == 200
    found = Parse(body, Payloads()).payloads[0]
    assert json.loads(found.data) == {"name": BUYER.name}


@pytest.mark.parametrize("path", ["decode", "encode", "other-token/decode"])
@pytest.mark.parametrize("auth", ["", "Bearer other", "Basic a-token"])
async def test_without_the_token_nothing_is_answered(
    server: str, keys: Keys, path: str, auth: str
) -> None:
    status, body, _ = await _ask(f"{server}/{path}", await _sealed(keys), Authorization=auth)
    assert status == 401
    assert "Canary" not in body


async def test_only_allowed_pages_may_ask(server: str, keys: Keys) -> None:
    url, sealed = f"{server}/{TOKEN}/decode", await _sealed(keys)
    status, _, headers = await _ask(url, "", "OPTIONS", Origin=ORIGIN)
    assert status == 204
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "x-namespace" in headers["Access-Control-Allow-Headers"]
    status, body, headers = await _ask(url, sealed, Origin=ORIGIN)
    assert (status, headers["Access-Control-Allow-Origin"]) == (200, ORIGIN)
    status, body, headers = await _ask(url, sealed, Origin="http://evil.example")
    assert status == 403
    assert "Access-Control-Allow-Origin" not in headers
    assert "payloads" not in body


async def test_a_body_that_is_none_and_an_unknown_key_are_said(server: str) -> None:
    url = f"{server}/{TOKEN}/decode"
    assert (await _ask(url, "nonsense"))[0] == 400
    foreign = Keys(200, {200: b"k" * 32})
    status, body, _ = await _ask(url, await _sealed(foreign))
    assert status == 422
    assert "key id c8" in body
