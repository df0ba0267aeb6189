"""Text of people: Arabic, emoji, NUL, half surrogates, other encodings, and very long."""

import pytest

from tests.e2e.bad_input.edges import Edges, raw, ref


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("محمد الحربي", "محمد الحربي"),
        ("Noor 👩🏽‍🚀🇸🇦", "Noor 👩🏽‍🚀🇸🇦"),
        ("Ah\x00med", "Ahmed"),
        ("Ah\ud83dmed", "Ahmed"),
        ("\udc00Ahmed\ud800", "Ahmed"),
        ("code \\u0000 as typed", "code \\u0000 as typed"),
        ("O'Neil\"; DROP TABLE orders; --", "O'Neil\"; DROP TABLE orders; --"),
    ],
    ids=["arabic", "emoji", "nul", "half", "halves", "spelled", "sql"],
)
async def test_a_name_is_kept_but_for_what_cannot_be(edges: Edges, typed: str, kept: str) -> None:
    package = edges.package(customerFirstName=typed, customerLastName="")
    package["shipmentAddress"]["fullName"] = typed
    package["lines"][0]["productName"] = typed
    assert await edges.hook(package) == 200
    row = await edges.order(package["orderNumber"], state="delivered", attention=None)
    whole = await edges.kept(row.ref)
    assert (whole.buyer.name, whole.ship_to.name, whole.lines[0].name) == (kept, kept, kept)
    (event,) = await edges.platform.store.inbox.log(row.ref)
    inbox = edges.platform.store.inbox
    assert await inbox.body(row.ref.channel, row.ref.account, event.event_id) == raw(package)
    assert (await edges.told(package["orderNumber"]))["order_id"] == package["orderNumber"]


async def test_half_surrogates_as_bytes_are_met_too(edges: Edges) -> None:
    package = edges.package(customerFirstName="ZZZ", customerLastName="")
    assert await edges.hook(raw(package).replace(b"ZZZ", b"Ah\xed\xa0\x80med")) == 200
    await edges.order(package["orderNumber"], state="delivered", attention=None)
    whole = await edges.kept(ref(package["orderNumber"]))
    assert whole.buyer.name == "Ahmed"


async def test_bytes_that_are_no_text_are_a_dead_letter(edges: Edges) -> None:
    body = raw(edges.package(customerFirstName="ZZZ")).replace(b"ZZZ", b"\xff\xfe")
    assert await edges.hook(body) == 200
    assert "not text" in (await edges.letter(body)).description


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
async def test_json_in_another_encoding_is_read(edges: Edges, encoding: str) -> None:
    package = edges.package(customerFirstName="نورة", customerLastName="")
    assert await edges.hook(raw(package).decode().encode(encoding)) == 200
    await edges.order(package["orderNumber"], state="delivered", attention=None)
    whole = await edges.kept(ref(package["orderNumber"]))
    assert whole.buyer.name == "نورة"


async def test_a_very_long_text_is_kept_and_shortened_visibly_in_the_table(edges: Edges) -> None:
    long = "غلاية " * 5_000
    package = edges.package(line={"productName": long})
    assert await edges.hook(package) == 200
    row = await edges.order(package["orderNumber"], state="delivered", attention=None)
    whole = await edges.kept(row.ref)
    assert whole.lines[0].name == long
