"""What may be logged holds no secret and no person."""

import time

import pytest

from channels.http import Redactor

REDACTOR = Redactor(["s3cr3t-key", "s3cr3t-key-and-more", ""])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("key s3cr3t-key-and-more used", "key *** used"),
        ("Authorization: Basic YWJjOmRlZmdoaQ==", "Authorization: Basic ***"),
        ("bearer eyJhbGciOiJI.x-y_z", "bearer ***"),
        ("mail noura.q+1@mail.example.sa!", "mail ***!"),
        ("call +966 50 000 0000 or 0500000000", "call *** or ***"),
        ('{"fullName":"نورة"}', '{"fullName":"***"}'),
        ('{"address1": "King \\"F\\" Rd"}', '{"address1": "***"}'),
        ('{"phone": 500000000, "lastName":"Al', '{"phone": "***", "lastName":"***"'),
        ('{"apiSecret":"x","username":"y"}', '{"apiSecret":"***","username":"y"}'),
    ],
)  # fmt: skip
def test_it_is_masked(text: str, masked: str) -> None:
    assert REDACTOR.text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "order 10600123456 package 3300123456 line 7392373001",
        "lastModifiedDate 1795509130000, tracking 7330001234567890",
        "shipment.package.not.updatable: quantity 2 of ERP-SKU-001",
        "الطلب غير موجود",
    ],
)
def test_ids_codes_and_words_stay(text: str) -> None:
    assert REDACTOR.text(text) == text


def test_an_excerpt_is_short_whole_and_printable() -> None:
    body = b"<html>\n <b>s3cr3t-key</b>\x00\xff " + "ن".encode() * 1_000
    told = REDACTOR.excerpt(body, limit=60)
    assert told.startswith("<html> <b>***</b>")
    assert len(told) == 60
    assert told.endswith("…")
    assert "\x00" not in told


@pytest.mark.parametrize(
    "hostile",
    ["a" * 200_000, "a.b@" * 50_000, '"' + "address" * 30_000, '"email":"' + "\\x" * 100_000,
     "+1" * 100_000, "Basic " * 40_000, '"phone":' + " " * 200_000, "5" * 200_000],
    ids=range(8),
)  # fmt: skip
def test_hostile_text_costs_no_more_than_its_length(hostile: str) -> None:
    started = time.process_time()
    REDACTOR.text(hostile)
    assert time.process_time() - started < 1


def test_the_redactor_shows_no_secret() -> None:
    assert "s3cr3t" not in repr(REDACTOR)
