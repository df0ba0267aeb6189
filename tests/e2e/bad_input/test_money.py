"""Money that is no amount, or in a currency that the account does not sell in."""

from decimal import Decimal

import pytest

from tests.e2e.bad_input.edges import Edges, raw

PLACE = b'"packageTotalPrice": 59.0'


@pytest.mark.parametrize(
    ("amount", "field"),
    [
        (b'"59.00"', "packageTotalPrice"),
        (b'"59,00"', "packageTotalPrice"),
        (b"-59.0", "packageTotalPrice"),
        (b"true", "packageTotalPrice"),
        (b'{"amount": 59, "currency": "SAR"}', "packageTotalPrice"),
        (b"1e400", "packageTotalPrice"),
        (b"1e999999999", "packageTotalPrice"),
        (b"NaN", "NaN"),
        (b"-Infinity", "Infinity"),
        (b"99999999999.0", "packageTotalPrice"),
    ],
    ids=[
        "text", "comma", "negative", "bool", "object", "huge", "vast", "nan", "inf", "much",
    ],
)  # fmt: skip
async def test_what_is_no_amount_is_a_dead_letter_that_names_the_field(
    edges: Edges, amount: bytes, field: str
) -> None:
    package = edges.package()
    body = raw(package).replace(PLACE, b'"packageTotalPrice": ' + amount)
    assert body != raw(package)
    assert await edges.hook(body) == 200
    letter = await edges.letter(body)
    assert letter.reason == "contract"
    assert field in letter.description
    assert await edges.is_unknown(package["orderNumber"])


async def test_a_binary_float_becomes_the_exact_amount(edges: Edges) -> None:
    """JSON has doubles alone, and what was 59.00 may come as 58.99999999999999."""
    package = edges.package()
    body = raw(package).replace(b": 59.0", b": 58.99999999999999")
    assert body.count(b"58.99999999999999") > 2
    assert await edges.hook(body) == 200
    row = await edges.order(package["orderNumber"], state="delivered", attention=None)
    whole = await edges.kept(row.ref)
    assert whole.stated_payable is not None
    assert str(whole.stated_payable) == "59.00 SAR"
    assert Decimal((await edges.told(package["orderNumber"]))["payable"]) == 59


@pytest.mark.parametrize("currency", ["sar", "SR", "ريال", "", 682])
async def test_what_is_no_currency_is_a_dead_letter(edges: Edges, currency: object) -> None:
    package = edges.package(currencyCode=currency)
    assert await edges.hook(package) == 200
    assert "currencyCode" in (await edges.letter(package)).description


async def test_a_line_in_another_currency_than_its_order_is_a_dead_letter(edges: Edges) -> None:
    package = edges.package(line={"currencyCode": "USD"})
    assert await edges.hook(package) == 200
    letter = await edges.letter(package)
    assert "lines.0.currencyCode" in letter.description
    assert package["orderNumber"] in letter.description


async def test_an_order_in_a_foreign_currency_is_kept_and_calls_a_person(edges: Edges) -> None:
    package = edges.package(currencyCode="USD", status="Created", line={"currencyCode": "USD"})
    async with edges.silent_erp():
        assert await edges.hook(package) == 200
        row = await edges.order(package["orderNumber"], attention="totals")
        assert "USD" in (row.attention_detail or "") and "SAR" in (row.attention_detail or "")
        whole = await edges.kept(row.ref)
        assert str(whole.payable) == "59.00 USD"
        await edges.deliver(package)
