"""Quantities 0, negative, huge, and no whole number."""

import pytest

from tests.e2e.bad_input.edges import Edges, raw


@pytest.mark.parametrize(
    "quantity",
    [b"0", b"-2", b"1.5", b'"2"', b"true", b"[]", b"1000001", b"1e12", b"1e999999", b"9" * 40],
)
async def test_what_is_no_quantity_is_a_dead_letter(edges: Edges, quantity: bytes) -> None:
    package = edges.package(line={"quantity": 12345})
    body = raw(package).replace(b'"quantity": 12345', b'"quantity": ' + quantity)
    assert await edges.hook(body) == 200
    letter = await edges.letter(body)
    assert letter.reason == "contract"
    assert "lines.0.quantity" in letter.description
    assert package["orderNumber"] in letter.description
    assert await edges.is_unknown(package["orderNumber"])


async def test_a_number_of_thousands_of_digits_is_a_dead_letter(edges: Edges) -> None:
    body = raw(edges.package(line={"quantity": 12345})).replace(b"12345", b"9" * 5_000)
    assert await edges.hook(body) == 200
    assert "number that cannot be read" in (await edges.letter(body)).description


async def test_a_quantity_that_makes_an_impossible_total_is_a_dead_letter(edges: Edges) -> None:
    package = edges.package(line={"quantity": 1_000_000, "lineGrossAmount": 9_999_999})
    assert await edges.hook(package) == 200
    letter = await edges.letter(package)
    assert "lines.0.quantity" in letter.description
    assert package["orderNumber"] in letter.description


async def test_the_largest_quantity_is_kept(edges: Edges) -> None:
    package = edges.package(line={"quantity": 1_000_000, "discountDetails": []})
    package["packageTotalPrice"] = 10_000_000
    assert await edges.hook(package) == 200
    row = await edges.order(package["orderNumber"], state="delivered")
    whole = await edges.kept(row.ref)
    assert whole.lines[0].ordered == 1_000_000
    assert str(whole.payable) == "59000000.00 SAR"


async def test_an_order_without_any_line_calls_a_person(edges: Edges) -> None:
    package = edges.package(lines=[], status="Created")
    async with edges.silent_erp():
        assert await edges.hook(package) == 200
        row = await edges.order(package["orderNumber"], attention="totals")
        assert "59.00 SAR" in (row.attention_detail or "")
        await edges.deliver({**package, "lines": edges.package()["lines"]})
