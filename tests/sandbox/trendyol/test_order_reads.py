import time
from typing import Any

import pytest

from tests.sandbox.trendyol.harness import Seller

STREAM = "order/S/orders/stream"
PAGE = "order/S/v2/orders"
DAY_MS = 86_400_000


def now_ms() -> int:
    return int(time.time() * 1000)


def numbers(answer: Any) -> list[str]:
    return [package["orderNumber"] for package in answer.json["content"]]


async def place(seller: Seller, count: int) -> list[Any]:
    return [await seller.order() for _ in range(count)]


async def test_the_stream_walks_newest_first_to_the_end(seller: Seller) -> None:
    placed = await place(seller, 5)
    seen, cursor = [], ""
    while True:
        answer = await seller.call("GET", STREAM, size=2, nextCursor=cursor)
        assert answer.json["size"] == 2
        seen += numbers(answer)
        cursor = answer.json["nextCursor"]
        if not answer.json["hasMore"]:
            break
    assert cursor == ""
    assert seen == [package["orderNumber"] for package in reversed(placed)]


async def test_a_change_during_a_walk_lands_above_the_cursor(seller: Seller) -> None:
    oldest, *_ = await place(seller, 4)
    first = await seller.call("GET", STREAM, size=2)
    await seller.set_status(oldest, "Picking")
    second = await seller.call("GET", STREAM, size=10, nextCursor=first.json["nextCursor"])
    assert oldest["orderNumber"] not in numbers(first) + numbers(second)
    again = await seller.call("GET", STREAM, size=1)
    assert numbers(again) == [oldest["orderNumber"]]


async def test_a_cursor_is_bound_to_its_filters_and_its_life(seller: Seller) -> None:
    await place(seller, 3)
    start = now_ms() - DAY_MS
    first = await seller.call("GET", STREAM, size=1, lastModifiedStartDate=start)
    cursor = first.json["nextCursor"]
    good = await seller.call("GET", STREAM, size=1, lastModifiedStartDate=start, nextCursor=cursor)
    assert good.status == 200
    changes: list[dict[str, Any]] = [
        {"lastModifiedStartDate": start + 1},
        {"packageItemStatuses": "Created"},
    ]
    for changed in changes:
        filters = {"lastModifiedStartDate": start, **changed}
        answer = await seller.call("GET", STREAM, size=1, nextCursor=cursor, **filters)
        assert answer.status == 400
        assert answer.json["error"] == "cursor.filter.mismatch"
    made_up = await seller.call("GET", STREAM, nextCursor="abc")
    assert (made_up.status, made_up.json["error"]) == (400, "invalid.cursor")
    await seller.sandbox.knobs(cursor_life_s=0)
    old = await seller.call("GET", STREAM, size=1, lastModifiedStartDate=start, nextCursor=cursor)
    assert (old.status, old.json["error"]) == (400, "cursor.expired")


async def test_windows_span_fourteen_days_at_most(seller: Seller) -> None:
    await seller.order()
    end = now_ms() + 3 * 3_600_000
    for days, status in [(14, 200), (15, 400)]:
        dates: dict[str, Any] = {
            "lastModifiedStartDate": end - days * DAY_MS,
            "lastModifiedEndDate": end,
        }
        assert (await seller.call("GET", STREAM, **dates)).status == status
        dates = {"startDate": end - days * DAY_MS, "endDate": end}
        assert (await seller.call("GET", PAGE, **dates)).status == status
    await seller.sandbox.knobs(overlong_span="truncate")
    dates = {"startDate": end - 30 * DAY_MS, "endDate": end}
    cut = await seller.call("GET", PAGE, **dates)
    assert (cut.status, cut.json["content"]) == (200, [])


async def test_a_window_holds_only_what_changed_in_it(seller: Seller) -> None:
    first, second = await place(seller, 2)
    at = first["lastModifiedDate"]
    answer = await seller.call("GET", STREAM, lastModifiedStartDate=at, lastModifiedEndDate=at)
    assert numbers(answer) == [first["orderNumber"]]
    answer = await seller.call("GET", STREAM, lastModifiedStartDate=second["lastModifiedDate"])
    assert numbers(answer) == [second["orderNumber"]]


async def test_the_stream_filters_by_statuses(seller: Seller) -> None:
    first, second, _ = await place(seller, 3)
    await seller.set_status(first, "Picking")
    await seller.move(second, "Delivered")
    answer = await seller.call("GET", STREAM, packageItemStatuses="Picking,Delivered")
    assert sorted(numbers(answer)) == sorted([first["orderNumber"], second["orderNumber"]])


@pytest.mark.parametrize("path", [STREAM, PAGE])
@pytest.mark.parametrize("size", [0, 201, "many"])
async def test_a_page_holds_200_at_most(seller: Seller, path: str, size: object) -> None:
    answer = await seller.call("GET", path, size=size)
    assert answer.status == 400
    assert set(answer.json) == {"error", "message"}


async def test_pages_stop_at_ten_thousand_rows(seller: Seller) -> None:
    assert (await seller.call("GET", PAGE, page=49, size=200)).status == 200
    assert (await seller.call("GET", PAGE, page=50, size=200)).status == 400


async def test_pages_count_filter_and_order(seller: Seller) -> None:
    placed = await place(seller, 3)
    await seller.set_status(placed[0], "Picking")
    wire = (await seller.call("GET", PAGE, size=2)).json
    assert (wire["totalElements"], wire["totalPages"], wire["page"]) == (3, 2, 0)
    picking = await seller.call("GET", PAGE, status="Picking")
    assert numbers(picking) == [placed[0]["orderNumber"]]
    assert (await seller.call("GET", PAGE, status="Cancelled,UnSupplied")).status == 400
    by_number = await seller.call("GET", PAGE, orderNumber=placed[1]["orderNumber"])
    assert numbers(by_number) == [placed[1]["orderNumber"]]
    ids = ",".join(str(package["shipmentPackageId"]) for package in placed[:2])
    assert len(numbers(await seller.call("GET", PAGE, shipmentPackageIds=ids))) == 2
    created = await seller.call("GET", PAGE, orderByField="CreatedDate", orderByDirection="ASC")
    assert numbers(created) == [package["orderNumber"] for package in placed]


async def test_order_date_runs_three_hours_ahead_of_all_other_times(seller: Seller) -> None:
    before = now_ms()
    package = await seller.order()
    assert before <= package["originShipmentDate"] <= now_ms()
    assert package["orderDate"] - package["originShipmentDate"] == 10_800_000
    assert package["packageHistories"][0]["createdDate"] == package["originShipmentDate"]


async def test_cargo_numbers_are_past_what_a_double_holds(seller: Seller) -> None:
    await place(seller, 2)
    for package in (await seller.call("GET", STREAM)).json["content"]:
        assert package["cargoTrackingNumber"] > 2**53


async def test_money_of_a_line_is_per_unit_and_only_the_details_are_exact(seller: Seller) -> None:
    details = [
        {"lineItemSellerDiscount": "1.00", "lineItemTyDiscount": "0"},
        {"lineItemSellerDiscount": "1.01", "lineItemTyDiscount": "0"},
    ]
    await seller.order(
        lines=[{"barcode": "SKU2", "lineGrossAmount": "14.00", "discountDetails": details}]
    )
    package = (await seller.call("GET", STREAM)).json["content"][0]
    line = package["lines"][0]
    assert line["quantity"] == 2
    assert str(line["lineUnitPrice"]) == "12.99"
    assert [str(unit["lineItemPrice"]) for unit in line["discountDetails"]] == ["13.0", "12.99"]
    assert str(package["packageTotalPrice"]) == "25.99"
    assert str(package["packageGrossAmount"]) == "28.0"
    assert str(package["packageTotalDiscount"]) == "2.01"
    order = (await seller.ledger())["orders"][package["orderNumber"]]
    assert order["payable"] == "25.99"
    assert [unit["price"] for unit in order["lines"][0]["units"]] == ["13.00", "12.99"]


async def test_wire_keys_that_an_operator_gives_are_shown(seller: Seller) -> None:
    package = await seller.order(
        orderNumber="777", shipmentPackageId=42, isCod=True, packageTotalPrice=1, oddKey="x"
    )
    assert package["orderNumber"] == "777"
    assert package["shipmentPackageId"] == 42
    assert (package["isCod"], package["packageTotalPrice"], package["oddKey"]) == (True, 1, "x")


async def test_old_field_names_on_demand(seller: Seller) -> None:
    await seller.order()
    await seller.sandbox.knobs(old_field_names=True)
    package = (await seller.call("GET", STREAM)).json["content"][0]
    assert {"id", "grossAmount", "totalPrice"} <= set(package)
    assert "shipmentPackageId" not in package
    assert {"id", "merchantSku", "amount", "price"} <= set(package["lines"][0])
