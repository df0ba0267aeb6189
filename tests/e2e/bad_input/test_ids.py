"""Ids of 300 characters, with colons, in Arabic, with what no database holds."""

import pytest

from tests.e2e.bad_input.edges import Edges


@pytest.mark.parametrize(
    "field", ["orderNumber", "shipmentPackageId", "line"], ids=["order", "package", "line"]
)
async def test_an_id_of_300_characters_is_a_dead_letter(edges: Edges, field: str) -> None:
    long = "9" * 300
    package = edges.package(**{field: {"lineId": long} if field == "line" else long})
    assert await edges.hook(package) == 200
    letter = await edges.letter(package)
    assert letter.reason == "contract"
    assert ("lines.0.lineId" if field == "line" else field) in letter.description
    assert await edges.is_unknown(package["orderNumber"])


async def test_a_sku_that_cannot_be_kept_whole_calls_a_person(edges: Edges) -> None:
    """Cut to fit, it would be another one."""
    package = edges.package(line={"stockCode": "S" * 300}, status="Created")
    assert await edges.hook(package) == 200
    row = await edges.order(package["orderNumber"], attention="contract")
    assert "SKU" in (row.attention_detail or "")
    package["lines"][0]["stockCode"] = edges.sku
    await edges.deliver(package)


@pytest.mark.parametrize(
    "number",
    ["106:01:1", "::", "order:trendyol:riyadh:1", "106%3A01", "طلب-١٢٣-😀", "1 / ../?x#y", "0106"],
)  # fmt: skip
async def test_an_odd_order_number_is_kept_as_it_is(edges: Edges, number: str) -> None:
    package = edges.package(orderNumber=number)
    assert await edges.hook(package) == 200
    row = await edges.order(number, state="delivered", attention=None)
    assert row.ref.order_id == number
    assert (await edges.told(number))["order_id"] == number


async def test_orders_whose_ids_differ_by_a_colon_alone_are_two(edges: Edges) -> None:
    """Joined by colons both would make one event id, and the second order would be lost."""
    shared = {"lastModifiedDate": 1795502990000}
    one = edges.package(shipmentPackageId="33:Delivered", status="Delivered", **shared)
    other = edges.package(shipmentPackageId="33", status="Delivered:Delivered", **shared)
    for package in (one, other):
        assert await edges.hook(package) == 200
    await edges.order(one["orderNumber"], state="delivered", attention=None)
    strange = await edges.order(other["orderNumber"], attention="contract")
    assert "Delivered:Delivered" in (strange.attention_detail or "")
    await edges.deliver(other)


async def test_an_account_keeps_its_numbers_to_itself(edges: Edges) -> None:
    """The other account's number with a colon is not this account's number."""
    package = edges.package(orderNumber="riyadh:7")
    assert await edges.hook(package) == 200
    await edges.order("riyadh:7", state="delivered")
    assert await edges.is_unknown("7")


@pytest.mark.parametrize(
    ("field", "odd"),
    [
        ("orderNumber", "\x00"),
        ("orderNumber", "\ud83d"),
        ("orderNumber", "\udc00"),
        ("orderNumber", "\n"),
        ("shipmentPackageId", "\x00"),
        ("status", "\x00"),
        ("barcode", "\x1b[31m"),
    ],
)
async def test_what_no_database_holds_is_refused_in_ids(edges: Edges, field: str, odd: str) -> None:
    """Dropped from an id, it would leave another order's id behind."""
    known = edges.package()
    assert await edges.hook(known) == 200
    await edges.order(known["orderNumber"], state="delivered")

    whole = known["orderNumber"]
    bad = f"{whole[:5]}{odd}{whole[5:]}"
    package = edges.package(**({"line": {"barcode": bad}} if field == "barcode" else {field: bad}))
    assert await edges.hook(package) == 200
    letter = await edges.letter(package)
    assert letter.reason == "contract"
    assert ("lines.0.barcode" if field == "barcode" else field) in letter.description
    log = await edges.platform.store.orders.find(order_id=whole)
    assert [row.version for row in log] == [1]
