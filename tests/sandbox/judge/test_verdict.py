"""The judge must be able to fail: every planted fault is found, and clean data is clean."""

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from sandbox.judge import erp_book, tables
from sandbox.judge.verdict import Verdict, judge
from sandbox.trendyol import expectation
from tests.sandbox.judge import case

Spoil = Callable[[Any], object]


async def verdict(
    database: str,
    sql: str = "",
    ledger: Spoil = lambda _: None,
    book: Spoil | None = lambda _: None,
) -> Verdict:
    """Judges the case after something was done to its sides."""
    connection = await asyncpg.connect(database)
    await connection.execute(sql or "SELECT")
    await connection.close()
    placed, told = case.ledger(), case.book()
    ledger(placed)
    if book:
        book(told)
    expected = expectation.expectation(placed, case.NAMES)
    found = await tables.read(database, "trendyol", expected.accounts)
    return judge(expected, found, erp_book.read(told, "trendyol") if book else None)


def counts(found: Verdict) -> dict[str, int]:
    """The figures that are not as in the clean case."""
    clean = {"placed": 5, "finished": 5}
    orders: dict[str, int] = found.as_json()["orders"]
    return {name: n for name, n in orders.items() if n != clean.get(name, 0)}


async def test_clean_data_is_clean(database: str) -> None:
    found = await verdict(database)
    assert found.clean, found.as_json()
    assert found.as_json() == {
        "orders": {
            "placed": 5,
            "finished": 5,
            "lost": 0,
            "duplicated": 0,
            "wrong": 0,
            "attention": 0,
        },
        "wrong_details": [],
        "throttled_calls": 1,
        "hooks": {"events": 22, "sent": 24, "delivered": 23, "failed": 1},
        "quota_floor_seconds": 20,
        "happened": {
            "cancelled": 2,
            "partly_cancelled": 1,
            "split": 0,
            "returns_accepted": 1,
            "returns_rejected": 1,
        },
        "erp": {"orders": 4, "duplicate_deliveries": 2},
    }
    assert (await verdict(database, book=None)).clean


WRONG_IN_TABLES = {
    "UPDATE order_lines SET returned = 2 WHERE order_pk = 1 AND line_id = '11'": (
        "line 11 returned should be 1, is 2"
    ),
    "DELETE FROM returns WHERE return_id = 'r-2'": "return r-2 is missing in the tables",
    "UPDATE returns SET state = 'waiting_for_answer' WHERE return_id = 'r-1'": (
        "return r-1 state should be accepted, is waiting_for_answer"
    ),
    "UPDATE returns SET items = '[]' WHERE return_id = 'r-1'": "return r-1 items should be",
    "UPDATE returns SET units = 2 WHERE return_id = 'r-1'": "return r-1 units should be 1, is 2",
    "INSERT INTO returns VALUES (1, 'r-3', 'requested', 1, '[]')": (
        "return r-3 stands in the tables, the marketplace never had it"
    ),
    "UPDATE parcels SET origin_parcel_ids = NULL WHERE parcel_id = '33'": (
        "parcel 33 successor of should be {'32'}, is set()"
    ),
    "UPDATE order_lines SET item_id = NULL WHERE order_pk = 2": (
        "line 21 is delivered, and nobody knows which item it is"
    ),
    "UPDATE orders SET state = 'shipped' WHERE id = 1": "state should be delivered, is shipped",
    "UPDATE orders SET currency = 'AED' WHERE id = 1": "currency should be SAR, is AED",
    "UPDATE orders SET prices_include_tax = false WHERE id = 1": "prices_include_tax should be",
    "UPDATE orders SET placed_at = placed_at + interval '3h' WHERE id = 1": "placed_at should be",
    "UPDATE orders SET gross = 159.49 WHERE id = 1": "gross should be 159.50, is 159.49",
    "UPDATE orders SET discount = 10 WHERE id = 1": "discount should be 10.01, is 10",
    "UPDATE orders SET payable = 149.50 WHERE id = 1": "payable should be 149.49, is 149.50",
    "UPDATE orders SET vat = NULL WHERE id = 1": "vat should be 19.50, is None",
    "UPDATE order_lines SET channel_sku = 'C' WHERE line_id = '12' AND order_pk = 1": (
        "line 12 channel_sku should be B or S-B, is C"
    ),
    "UPDATE order_lines SET ordered = 3 WHERE line_id = '11' AND order_pk = 1": (
        "line 11 ordered should be 2, is 3"
    ),
    "UPDATE order_lines SET cancelled = 3 WHERE order_pk = 2": (
        "line 21 cancelled should be 1, is 3"
    ),
    "UPDATE order_lines SET shipped = 3 WHERE order_pk = 2": "line 21 shipped should be 2, is 3",
    "UPDATE order_lines SET unit_price = 69.75 WHERE line_id = '11' AND order_pk = 1": (
        "line 11 unit_price should be 74.75, is 69.75"
    ),
    "UPDATE order_lines SET line_gross = 74.75 WHERE line_id = '11' AND order_pk = 1": (
        "line 11 line_gross should be 149.50, is 74.75"
    ),
    "UPDATE order_lines SET discount_seller = 0, discount_marketplace = 10"
    " WHERE line_id = '11' AND order_pk = 1": "line 11 discount_marketplace should be 0, is 10",
    "UPDATE order_lines SET line_payable = 139.51 WHERE line_id = '11' AND order_pk = 1": (
        "line 11 line_payable should be 139.50, is 139.51"
    ),
    "UPDATE order_lines SET tax_rate = 14.94 WHERE line_id = '11' AND order_pk = 1": (
        "line 11 tax_rate should be 15, is 14.94"
    ),
    "UPDATE order_lines SET vat = 18.19 WHERE line_id = '11' AND order_pk = 1": (
        "line 11 vat should be 18.20, is 18.19"
    ),
    "DELETE FROM order_lines WHERE line_id = '12' AND order_pk = 1": (
        "line 12 is missing in the tables"
    ),
    "INSERT INTO order_lines SELECT * FROM order_lines WHERE line_id = '12' AND order_pk = 1": (
        "line 12 is in the tables 2 times"
    ),
    "INSERT INTO order_lines VALUES (2, '29', 'A', 2, 0, 2, 20, 40, 0, 0, 40, 15, 5.22)": (
        "line 29 is in the tables, not at the marketplace"
    ),
    "UPDATE parcels SET state = 'ready' WHERE parcel_id = '33'": (
        "parcel 33 state should be delivered, is ready"
    ),
    "DELETE FROM parcels WHERE parcel_id = '33'": "parcel 33 is missing in the tables",
    "INSERT INTO parcels SELECT * FROM parcels WHERE parcel_id = '33'": (
        "parcel 33 is in the tables 2 times"
    ),
    "UPDATE parcel_lines SET quantity = 3 WHERE parcel_id = '33'": (
        "parcel 33 quantities by line should be {'29': 2}, is {'29': 3}"
    ),
    "UPDATE parcels SET invoice_number = 'INV2026-riyadh-1' WHERE parcel_id = '33'": (
        "invoice number INV2026-riyadh-1 stands in the tables under riyadh/1 as well"
    ),
    "UPDATE parcels SET invoice_number = 'INV-OTHER' WHERE parcel_id = '33'": (
        "invoice number INV-OTHER in the tables is not this order's at the ERP"
    ),
}


@pytest.mark.parametrize(("sql", "sentence"), WRONG_IN_TABLES.items())
async def test_what_is_wrong_in_the_tables_is_found(database: str, sql: str, sentence: str) -> None:
    found = await verdict(database, sql)
    assert not found.clean
    assert counts(found)["wrong"] >= 1
    assert not {"lost", "duplicated"} & set(counts(found))
    assert any(sentence in detail for detail in found.as_json()["wrong_details"]), found.faults
    assert all("trendyol/riyadh order " in detail for detail in found.as_json()["wrong_details"])


async def test_a_lost_order_is_found(database: str) -> None:
    found = await verdict(database, "DELETE FROM orders WHERE id = 1")
    assert counts(found) == {"lost": 1, "finished": 4}
    assert str(found.faults[0]) == (
        "trendyol/riyadh order 1: it was placed at 08:30:11 UTC and is not in the tables"
    )


async def test_a_doubled_order_is_found(database: str) -> None:
    double = "INSERT INTO orders SELECT 6, channel, account, order_id, state, currency,"
    double += " prices_include_tax, placed_at, gross, discount, payable, vat FROM orders"
    found = await verdict(database, double + " WHERE id = 4")
    assert counts(found) == {"duplicated": 1, "finished": 4}
    assert "jeddah order 1: it has 2 rows" in str(found.faults[0])


async def test_an_order_in_the_wrong_account_is_found(database: str) -> None:
    found = await verdict(database, "UPDATE orders SET account = 'riyadh' WHERE id = 4")
    assert counts(found) == {"lost": 1, "duplicated": 1, "wrong": 1, "finished": 3}
    assert "INV2026-jeddah-1 in the tables is not this order's" in str(found.faults[-1])


async def test_an_order_that_nobody_placed_is_found(database: str) -> None:
    sql = (
        "INSERT INTO orders (id, channel, account, order_id) VALUES (7, 'trendyol', 'jeddah', '9')"
    )
    found = await verdict(database, sql)
    assert counts(found) == {"wrong": 1}
    assert "jeddah order 9: it is in the tables, the marketplace never had it" in str(
        found.faults[0]
    )


def _events(book: Any, place: int) -> list[Any]:
    return list(book["orders"][place]["events"])


def _forget_return(entry: Any, return_id: str) -> None:
    for name in ("returns", "events"):
        entry[name] = [each for each in entry[name] if each.get("return_id") != return_id]


WRONG_AT_ERP: dict[str, Spoil] = {
    "the ERP was not told of it": lambda b: b["orders"].pop(0),
    "the ERP got no order.received": lambda b: b["orders"][0]["events"].pop(0),
    "the ERP got no order.released": lambda b: b["orders"][0]["events"].pop(1),
    "it was cancelled, and the ERP got no order.cancelled": (
        lambda b: b["orders"][2]["events"].pop(1)
    ),
    "the ERP got order.released under 2 event ids: again, riyadh/1/released": (
        lambda b: b["orders"][0]["events"].append({"event_id": "again", "kind": "order.released"})
    ),
    "the ERP got order.cancelled, and it is delivered": (
        lambda b: b["orders"][1]["events"].append({"event_id": "c", "kind": "order.cancelled"})
    ),
    "the ERP has it 2 times": lambda b: b["orders"].append(b["orders"][0]),
    "ERP currency should be SAR, is USD": lambda b: b["orders"][0].update(currency="USD"),
    "ERP gross should be 159.50, is 1": lambda b: b["orders"][0].update(gross="1"),
    "ERP discount should be 10.01, is 10": lambda b: b["orders"][0].update(discount="10"),
    "ERP payable should be 149.49, is 159.50": lambda b: b["orders"][0].update(payable="159.50"),
    "ERP vat should be 19.50, is 19.49": lambda b: b["orders"][0].update(vat="19.49"),
    "ERP state should be delivered, is shipped": lambda b: b["orders"][0].update(state="shipped"),
    "'12': {'ordered': 2,": lambda b: b["orders"][0]["lines"][1].update(ordered=2),
    "'cancelled': 0, 'shipped': 2, 'returned': 0}}": lambda b: b["orders"][1]["lines"][0].update(
        cancelled=0
    ),
    "is {'11': {'ordered': 2, 'cancelled': 0, 'shipped': 2, 'returned': 1}}": (
        lambda b: b["orders"][0]["lines"].pop(1)
    ),
    "'shipped': 2, 'returned': 0}, '12'": lambda b: b["orders"][0]["lines"][0].update(returned=0),
    "the ERP does not know which item line 21 is": (
        lambda b: b["orders"][1]["lines"][0].update(item_id=None)
    ),
    "the ERP reserved the goods 2 times": (
        lambda b: b["orders"][1]["reservations"].append({"21": 2})
    ),
    "the ERP reserved for lines that the order has not: 28": (
        lambda b: b["orders"][1]["reservations"][0].update({"28": 0})
    ),
    "the ERP reserved 5 units, 3 were ordered": (
        lambda b: b["orders"][1]["reservations"][0].update({"29": 2})
    ),
    "return r-1 is missing at the ERP": lambda b: _forget_return(b["orders"][0], "r-1"),
    "return r-9 stands at the ERP, the marketplace never had it": (
        lambda b: b["orders"][0]["returns"].append({"return_id": "r-9", "state": "requested"})
    ),
    "ERP return r-2 should be rejected, is accepted": (
        lambda b: b["orders"][0]["returns"][1].update(state="accepted")
    ),
    "return r-2 is rejected, and the ERP got no order.return_closed": (
        lambda b: b["orders"][0]["events"].pop()
    ),
    "the ERP got order.return_requested of return r-1 2 times": (
        lambda b: b["orders"][0]["events"].append(
            {"event_id": "x", "kind": "order.return_requested", "return_id": "r-1"}
        )
    ),
    "the ERP has one of its lines twice": (
        lambda b: b["orders"][0]["lines"].append(b["orders"][0]["lines"][0])
    ),
    "invoice number INV2026-riyadh-1 stands at the ERP under riyadh/2 as well": (
        lambda b: b["orders"][1].update(invoice_number="INV2026-riyadh-1")
    ),
    "invoice number INV2026-riyadh-2 stands at the ERP under riyadh/1 as well": (
        lambda b: b["orders"][0]["commands"].append(
            {"kind": "ship", "body": {"invoice_number": "INV2026-riyadh-2"}}
        )
    ),
    "order 77: the ERP has it, the marketplace never had it": (
        lambda b: b["orders"].append(b["orders"][2] | {"order_id": "77"})
    ),
}


@pytest.mark.parametrize(("sentence", "spoil"), WRONG_AT_ERP.items())
async def test_what_is_wrong_at_the_erp_is_found(
    database: str, sentence: str, spoil: Spoil
) -> None:
    found = await verdict(database, book=spoil)
    assert not found.clean
    assert counts(found)["wrong"] >= 1
    assert any(sentence in detail for detail in found.as_json()["wrong_details"]), found.faults


async def test_a_cancellation_before_a_late_successor_is_no_fault(database: str) -> None:
    def revived(book: Any) -> None:
        for kind in ("order.cancelled", "order.changed"):
            book["orders"][1]["events"].append({"event_id": kind, "kind": kind})

    assert (await verdict(database, book=revived)).clean


async def test_an_order_told_as_new_twice_is_a_double(database: str) -> None:
    again = {"event_id": "again", "kind": "order.received"}
    found = await verdict(database, book=lambda b: b["orders"][0]["events"].append(again))
    assert counts(found) == {"duplicated": 1}
    assert "as new under 2 event ids: again, riyadh/1/received" in str(found.faults[0])


def _package(ledger: Any, order: str, package: str) -> Any:
    return ledger["accounts"]["900123"]["orders"][order]["packages"][package]


WRONG_AT_MARKETPLACE: dict[str, Spoil] = {
    "the seller's write 'status:Picking' took effect 2 times on parcel 31": (
        lambda x: x["accounts"]["900123"]["writes"][0].update(applied=2)
    ),
    "parcel 34 went on to Shipped after it was cancelled": (
        lambda x: _package(x, "3", "34")["history"].append({"status": "Shipped"})
    ),
    "product A or S-A: 3 units left and 1 were cancelled, of 3 ordered": (
        lambda x: _package(x, "2", "33")["lines"][0].update(quantity=3)
    ),
}


@pytest.mark.parametrize(("sentence", "spoil"), WRONG_AT_MARKETPLACE.items())
async def test_what_was_done_wrong_at_the_marketplace_is_found(
    database: str, sentence: str, spoil: Spoil
) -> None:
    found = await verdict(database, ledger=spoil)
    assert counts(found)["wrong"] == 1
    assert any(sentence in detail for detail in found.as_json()["wrong_details"]), found.faults


async def test_an_order_that_is_still_open_is_not_wrong_but_keeps_it_from_being_clean(
    database: str,
) -> None:
    def reopen(ledger: Any) -> None:
        order = ledger["accounts"]["900124"]["orders"]["1"]
        order["finished"] = False
        order["packages"]["31"]["status"] = "Shipped"

    sql = "UPDATE orders SET state = 'shipped' WHERE id = 4;"
    sql += "UPDATE parcels SET state = 'shipped' WHERE order_pk = 4"
    found = await verdict(database, sql, ledger=reopen)
    assert counts(found) == {"finished": 4}
    assert not found.clean


async def test_an_order_under_attention_need_not_be_told_yet(database: str) -> None:
    def untold(book: Any) -> None:
        book["orders"].pop(3)

    sql = "UPDATE parcels SET invoice_number = '' WHERE order_pk = 4;"
    sql += "UPDATE orders SET attention = 'unmapped_item' WHERE id = 4"
    found = await verdict(database, sql, book=untold)
    assert counts(found) == {"attention": 1}


async def test_either_code_of_a_product_and_emptied_lines_of_a_dead_parcel_are_right(
    database: str,
) -> None:
    sql = "UPDATE order_lines SET channel_sku = 'S-A' WHERE channel_sku = 'A';"
    sql += "INSERT INTO parcel_lines VALUES (2, '32', '22', 0)"
    assert (await verdict(database, sql)).clean


async def test_twins_whose_units_cannot_be_told_apart_are_counted_together(database: str) -> None:
    def add_twin(ledger: Any) -> None:
        order = ledger["accounts"]["900123"]["orders"]["2"]
        order["lines"].append(order["lines"][0] | {"lineId": 22, "cancelledQuantity": 0})
        order["packages"]["32"]["lines"].append({"lineId": 22, "barcode": "A", "quantity": 3})
        order["packages"]["33"]["lines"].append({"lineId": 28, "barcode": "A", "quantity": 3})
        order["payable"] = "120.00"

    twin = """
        UPDATE orders SET gross = 120, payable = 120, vat = 15.66 WHERE id = 2;
        INSERT INTO order_lines VALUES (2, '22', 'A', 3, 1, 2, 20, 60, 0, 0, 60, 15, 7.83);
        UPDATE order_lines SET cancelled = 0, shipped = 3 WHERE line_id = '21';
        INSERT INTO parcel_lines VALUES (2, '32', '22', 3), (2, '33', '28', 3);
    """
    assert (await verdict(database, twin, ledger=add_twin, book=None)).clean
    worse = "UPDATE order_lines SET cancelled = 1 WHERE line_id = '21'"
    found = await verdict(database, worse, ledger=add_twin, book=None)
    assert [str(fault) for fault in found.faults] == [
        "trendyol/riyadh order 2: lines of A, together, cancelled should be 1, is 2"
    ]


async def test_details_stop_at_twenty(database: str) -> None:
    found = await verdict(database, "UPDATE orders SET currency = 'USD', vat = 9, gross = 9,"
                          "payable = 9, discount = 9, state = 'new'")  # fmt: skip
    assert counts(found)["wrong"] == 5
    assert len(found.faults) > 20
    assert len(found.as_json()["wrong_details"]) == 20
