"""Hooks that are forged, too large, no JSON, or of another shape than the contract's.

What is genuine is answered 200 even if it is junk: bad answers would switch the hook off (contract,
webhooks). It ends as a dead letter that says why.
"""

import json
from typing import Any

import pytest

from canonical.envelope import BEGINNING
from store import InboxState
from tests.e2e.bad_input.edges import Edges, raw, ref

TEN_MB = 10_000_000


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-api-key": ""},
        {"x-api-key": "guessed"},
        {"x-api-key": "مفتاح-😀"},
        {"Authorization": "Basic c291azpndWVzc2Vk"},
    ],
    ids=["none", "empty", "wrong", "arabic", "basic"],
)
async def test_a_forged_hook_is_refused_and_leaves_no_trace(
    edges: Edges, headers: dict[str, str]
) -> None:
    forged = edges.package()
    assert await edges.hook(forged, headers) == 401
    await edges.a_good_order_is_served()
    assert await edges.is_unknown(forged["orderNumber"])
    assert await edges.letters_of(raw(forged)) == []


@pytest.mark.parametrize("end", ["x", " "], ids=["longer", "blank"])
async def test_a_key_that_is_nearly_right_is_wrong(edges: Edges, end: str) -> None:
    forged = edges.package()
    # Blanks around a header's value are not part of it: one within is.
    key = f"{edges.key}{end}{end}x"
    assert await edges.hook(forged, {"x-api-key": key}) == 401
    assert await edges.is_unknown(forged["orderNumber"])


async def test_ten_megabytes_from_a_stranger_are_refused(edges: Edges) -> None:
    assert await edges.hook(b"x" * TEN_MB, {"x-api-key": "guessed"}) == 413


async def test_ten_megabytes_from_the_marketplace_become_a_dead_letter(edges: Edges) -> None:
    huge = raw(edges.package(note="x" * TEN_MB))
    assert await edges.hook(huge) == 200
    letter = await edges.letter(huge[:BEGINNING])
    assert letter.reason == "too_large"
    assert str(len(huge)) in letter.description


async def test_an_order_larger_than_a_message_becomes_a_dead_letter_by_its_number(
    edges: Edges,
) -> None:
    large = edges.package(note="x" * 300_000)
    assert await edges.hook(large) == 200
    letter = await edges.letter(raw(large)[:BEGINNING])
    assert letter.reason == "too_large"
    assert large["orderNumber"] in letter.description


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"{no json", "not JSON"),
        (b"<html>503 Service Unavailable</html>", "not JSON"),
        (b'{"orderNumber": "1"} trailing', "goes on after its end"),
        (b'{"orderNumber": "10601', "not JSON"),
        (b"\x80\x81\xfe\xff", "not text"),
        (b"\x1f\x8b\x08\x00compressed", "not"),
        (b"[" * 50_000, "nested too deeply"),
        (b'{"content":' * 5_000, "nested too deeply"),
        (b'"text"', "dictionary"),
        (b"null", "dictionary"),
        (b"1" * 5_000, "number"),
    ],
    ids=[
        "empty", "junk", "html", "trailing", "cut", "bytes", "gzip", "deep", "deeper",
        "text", "null", "digits",
    ],
)  # fmt: skip
async def test_what_is_not_json_becomes_a_dead_letter(edges: Edges, body: bytes, says: str) -> None:
    assert await edges.hook(body) == 200
    letter = await edges.letter(body)
    assert letter.reason == "contract"
    assert says in letter.description


async def test_unknown_fields_are_passed_over(edges: Edges) -> None:
    package = edges.package(brandNew={"a": [1, {"b": None}]}, anotherDate="soon")
    package["lines"][0]["novelty"] = [[]]
    assert await edges.hook(package) == 200
    row = await edges.order(package["orderNumber"], state="delivered", attention=None)
    whole = await edges.kept(row.ref)
    assert str(whole.payable) == "59.00 SAR"


@pytest.mark.parametrize(
    "field",
    ["orderNumber", "shipmentPackageId", "status", "lastModifiedDate", "orderDate", "currencyCode",
     "packageTotalPrice", "lines"],
)  # fmt: skip
async def test_a_missing_field_is_named_in_the_dead_letter(edges: Edges, field: str) -> None:
    package = edges.package()
    number = package["orderNumber"]
    body = {name: value for name, value in package.items() if name != field}
    assert await edges.hook(body) == 200
    letter = await edges.letter(body)
    assert letter.reason == "contract"
    assert f"does not fit in {field}" in letter.description
    assert (number in letter.description) is (field != "orderNumber")
    assert await edges.is_unknown(number)


async def test_null_is_as_good_as_missing(edges: Edges) -> None:
    body = raw(edges.package()).replace(b'"status": "Delivered"', b'"status": null')
    assert await edges.hook(body) == 200
    assert "does not fit in status" in (await edges.letter(body)).description


async def test_a_line_without_its_quantity_is_named_with_its_place(edges: Edges) -> None:
    package = edges.package(line={"quantity": None})
    assert await edges.hook(package) == 200
    letter = await edges.letter(package)
    assert "lines.0.quantity" in letter.description


async def test_one_bad_package_of_an_envelope_takes_no_other_with_it(edges: Edges) -> None:
    good, bad, other = edges.package(), edges.package(lines={}), edges.package()
    both: list[Any] = [good, bad, 7, other]
    assert await edges.hook(raw({"content": both})) == 200
    for package in (good, other):
        await edges.order(package["orderNumber"], state="delivered")
    assert bad["orderNumber"] in (await edges.letter(bad)).description
    assert (await edges.letter(b"7")).reason == "contract"


async def test_the_same_junk_again_and_again_is_answered_each_time(edges: Edges) -> None:
    """Thirteen bad answers in a row would switch the hook off."""
    junk = json.dumps({"novelty": 13}).encode()
    assert [await edges.hook(junk) for _ in range(14)] == [200] * 14
    assert (await edges.letter(junk)).reason == "contract"


async def test_an_order_that_repeats_a_line_is_kept_for_a_person(edges: Edges) -> None:
    package = edges.package()
    package["lines"] *= 2
    assert await edges.hook(package) == 200
    letter = await edges.letter(package)
    assert "lines.1.lineId" in letter.description
    assert package["orderNumber"] in letter.description
    log = await edges.platform.store.inbox.log(ref(package["orderNumber"]))
    assert [row.state for row in log] == [InboxState.DEAD_LETTERED]
