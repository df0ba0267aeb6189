"""What Trendyol's answers mean, in each of the shapes that its errors have."""

from datetime import timedelta
from typing import Any

import pytest

from channels.errors import (
    AmbiguousError,
    ChannelError,
    CredentialsError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from channels.http import Redactor, Request, Response
from channels.trendyol.errors import complaint, judge_of
from tests.channels.trendyol.samples import as_bytes

READ = Request("orders", "GET", "x", order_id="1")
WRITE = Request("package_status", "PUT", "x", repeatable=False, order_id="1")
REDACTOR = Redactor(["s3cr3t"])


def judged(status: int, body: Any = b"", request: Request = READ, **more: Any) -> ChannelError:
    raw = body if isinstance(body, bytes) else as_bytes(body)
    error = judge_of("main", REDACTOR)(request, Response(status, {}, raw, **more))
    assert error is not None
    assert (error.channel, error.account, error.order_id) == ("trendyol", "main", "1")
    assert error.operation == request.operation
    return error


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (
            {
                "timestamp": 1795509660000,
                "exception": "TrendyolSystemException",
                "errors": [{"key": "generic.exception", "message": "Exception Occured"}],
            },
            "generic.exception",
            "Exception Occured",
        ),
        ({"errors": [{"key": "a", "message": "x"}, {"key": "b", "message": "y"}]}, "a", "x; y"),
        ({"error": "too.many.requests", "message": "slow down"}, "too.many.requests", "slow down"),
        ({"exception": "TrendyolAuthorizationException"}, "TrendyolAuthorizationException", ""),
        ({"exception": "E", "errors": [{}]}, "E", '{"exception": "E", "errors": [{}]}'),
        ({"errors": [{}]}, "", '{"errors": [{}]}'),
        ({"errors": "no list", "message": 7}, "", "no list"),
        (b"", "", "an empty body"),
        (b"Access denied", "", "Access denied"),
        (b"<html><body>403  Forbidden</body></html>", "", "403 Forbidden"),
        (b"[1]", "", "[1]"),
        (b"\xff\xfe\x00", "", ""),
        ({"message": "for noura@mail.example with s3cr3t"}, "", "for *** with ***"),
        ({"errors": [{"key": "k", "message": "a\u0000b\ud83c"}]}, "k", "ab"),
    ],
)
def test_each_shape_is_read(body: Any, code: str, words: str) -> None:
    raw = body if isinstance(body, bytes) else as_bytes(body)
    found = complaint(raw, REDACTOR)
    assert found.code == code
    assert words in found.words
    assert found.words


def test_a_long_refusal_is_kept_whole_and_a_boundless_one_is_cut() -> None:
    assert complaint(as_bytes({"message": "ن" * 6_000}), REDACTOR).words == "ن" * 6_000
    assert len(complaint(as_bytes({"message": "ن" * 60_000}), REDACTOR).words) < 16_000


@pytest.mark.parametrize(
    ("status", "body", "kind", "hint"),
    [
        (400, {"error": "x", "message": "y"}, RefusedError, ""),
        (400, {"errors": [{"key": "invalid.storefrontcode"}]}, CredentialsError, "storefront"),
        (400, {"errors": [{"key": "supplier.api.supplier.not.found"}]}, CredentialsError, "store"),
        (401, {"exception": "ClientApiAuthenticationException"}, CredentialsError, "api_key"),
        (403, b"<html>", CredentialsError, "user agent"),
        (404, b"", RefusedError, ""),
        (405, b"", RefusedError, ""),
        (409, {"errors": [{"key": "CPE002"}]}, RefusedError, ""),
        (414, b"", RefusedError, ""),
        (426, b"", RefusedError, "orders_path"),
        (429, b"", ThrottledError, ""),
        (302, b"", UnavailableError, "base_url"),
    ],
)
@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
def test_what_is_to_be_done(
    request_: Request, status: int, body: Any, kind: type[ChannelError], hint: str
) -> None:
    error = judged(status, body, request_)
    assert type(error) is kind
    assert hint in error.hint
    assert str(status) in str(error)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_fault_is_unavailable_for_reads_and_ambiguous_for_writes(status: int) -> None:
    assert type(judged(status)) is UnavailableError
    assert type(judged(status, request=WRITE)) is AmbiguousError


def test_a_refusal_has_the_marketplaces_code_or_the_status() -> None:
    named = judged(409, {"errors": [{"key": "CPE002", "message": "no"}]})
    bare = judged(404)
    assert isinstance(named, RefusedError)
    assert isinstance(bare, RefusedError)
    assert (named.code, bare.code) == ("CPE002", "http.404")


def test_a_stated_wait_is_taken_over_and_none_is_zero() -> None:
    stated = judged(429, retry_after=timedelta(seconds=9))
    silent = judged(429)
    assert isinstance(stated, ThrottledError)
    assert isinstance(silent, ThrottledError)
    assert stated.retry_after == timedelta(seconds=9)
    assert silent.retry_after == timedelta(0)


@pytest.mark.parametrize("status", [200, 201, 204])
def test_what_is_good_is_no_error(status: int) -> None:
    assert judge_of("main", REDACTOR)(WRITE, Response(status, {}, b"")) is None
