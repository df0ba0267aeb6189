"""From a package to the canonical order."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from canonical.checks import totals_problem, unmapped_skus
from canonical.merge import merge
from canonical.money import Money
from canonical.order import Funder, Order, PaymentMethod
from canonical.states import OrderState, ParcelState, order_state
from channels.trendyol import map_file
from channels.trendyol.mapping import STATES, UNKNOWN_ORIGIN, state_of
from tests.channels.trendyol.samples import as_bytes, body, channel, package, with_line


def mapped(value: dict[str, Any] | str) -> Order:
    raw = body(value) if isinstance(value, str) else as_bytes(value)
    return channel().to_canonical(raw)


def sar(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="SAR")


def test_a_new_package() -> None:
    order = mapped("created")
    assert order.ref.workflow_id == "order:trendyol:main:10600123456"
    assert (order.currency, order.prices_include_tax) == ("SAR", True)
    assert order.stated_payable == order.payable == sar("139.50")
    assert totals_problem(order) is None
    assert order.payment.method is PaymentMethod.PREPAID
    (line,) = order.lines
    assert (line.line_id, line.channel_sku, line.item_id) == ("7392373001", "ERP-SKU-001", None)
    assert (line.name, line.ordered) == ("Kettle 1.7 L", 2)
    assert (line.unit_price, line.line_gross) == (sar("74.75"), sar("149.50"))
    assert [(d.funder, d.amount) for d in line.discounts] == [(Funder.SELLER, sar("10.00"))]
    assert line.tax is not None
    assert line.tax.rate == Decimal(15)
    assert (line.tax.vat, line.tax.net) == (sar("18.20"), sar("121.30"))
    (parcel,) = order.parcels
    assert (parcel.parcel_id, parcel.state) == ("3300123456", ParcelState.NEW)
    assert (parcel.channel_status, parcel.version) == ("Created", 1795509130000)
    assert (parcel.carrier, parcel.tracking_number) == ("Aramex", "7330001234567890")
    assert parcel.origin_parcel_ids == ()
    assert [(x.line_id, x.quantity) for x in parcel.lines] == [("7392373001", 2)]
    assert (order.buyer.name, order.buyer.phone) == ("Noura Alqahtani", "500000000")
    assert (order.ship_to.city, order.ship_to.short_address) == ("Riyadh", "RRRD2929")
    assert order.ship_to.region == "Riyadh Province"
    assert order.bill_to.name == "Noura Alqahtani"


def test_old_names_say_the_same() -> None:
    assert mapped("old_names") == mapped("created")


def test_the_new_name_wins_and_null_counts_as_absent() -> None:
    both = package(totalPrice=1.0)
    assert mapped(both).stated_payable == sar("139.50")
    del both["packageTotalPrice"]
    assert mapped({**both, "packageTotalPrice": None}).stated_payable == sar("1.00")


@pytest.mark.parametrize(
    ("ordered", "origin", "history", "expected"),
    [
        # Three hours ahead, as documented and seen.
        (1795519811000, 1795509011000, 1795509011000, 1795509011000),
        # UTC by now: the other dates say so.
        (1795509011000, 1795509013000, 1795509011000, 1795509011000),
        # The payment check took three hours: the first history still tells.
        (1795519811000, 1795519811000, 1795509013000, 1795509011000),
        (1795519811000, None, None, 1795509011000),
    ],
)
def test_when_it_was_placed(
    ordered: int, origin: int | None, history: int | None, expected: int
) -> None:
    histories = [{"createdDate": history, "status": "Awaiting"}] if history else None
    value = package(orderDate=ordered, originShipmentDate=origin, packageHistories=histories)
    assert mapped(value).placed_at == datetime.fromtimestamp(expected / 1000, UTC)


def test_units_that_differ_are_summed_exactly() -> None:
    order = mapped("uneven_units")
    (line,) = order.lines
    assert line.line_payable == sar("25.99")
    assert [(d.funder, d.amount) for d in line.discounts] == [
        (Funder.SELLER, sar("2.99")),
        (Funder.MARKETPLACE, sar("1.00")),
    ]
    assert totals_problem(order) is None


@pytest.mark.parametrize("details", [[], [{"lineItemPrice": 12.99}], [{}, {}]])
def test_without_a_detail_for_each_unit_it_is_quantity_times_unit(details: list[Any]) -> None:
    order = mapped(with_line("uneven_units", discountDetails=details))
    assert order.lines[0].line_payable == sar("25.98")
    assert [d.amount for d in order.lines[0].discounts] == [sar("2.98"), sar("1.00")]
    problem = totals_problem(order)
    assert problem is not None
    assert "line 7392373001" in problem


def test_doubles_that_are_a_hair_off_are_cents() -> None:
    details = [{"lineItemPrice": 12.989999999999998}, {"lineItemPrice": 13.000000000000002}]
    assert mapped(with_line("uneven_units", discountDetails=details)).lines[0].line_payable == sar(
        "25.99"
    )


def test_sums_that_are_off_are_flagged_and_kept() -> None:
    order = mapped(package(packageTotalPrice=139.0))
    assert order.stated_payable == sar("139.00")
    assert totals_problem(order) == ("the lines sum to 139.50 SAR, the marketplace says 139.00 SAR")


def test_without_a_rate_there_is_no_tax_rather_than_none_to_pay() -> None:
    assert mapped(with_line(vatRate=None)).lines[0].tax is None
    zero = mapped(with_line(vatRate=0)).lines[0].tax
    assert zero is not None
    assert zero.vat == sar("0")


def test_cash_on_delivery_without_an_address() -> None:
    order = mapped("cash_on_delivery_awaiting_without_address")
    assert order.payment.method is PaymentMethod.CASH_ON_DELIVERY
    assert order.payment.to_collect == sar("139.50")
    assert order.parcels[0].state is ParcelState.PENDING
    assert (order.ship_to.city, order.ship_to.district, order.ship_to.name) == ("", "", "")
    assert order.bill_to.city == ""
    bare = package(shipmentAddress=None, invoiceAddress=None, customerFirstName=None)
    assert mapped(bare).buyer.name == "Alqahtani"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Awaiting", ParcelState.PENDING),
        ("Verified", ParcelState.PENDING),
        ("Created", ParcelState.NEW),
        ("Picking", ParcelState.ACCEPTED),
        ("Invoiced", ParcelState.READY),
        ("Shipped", ParcelState.SHIPPED),
        ("AtCollectionPoint", ParcelState.AT_PICKUP_POINT),
        ("AT_COLLECTION_POINT", ParcelState.AT_PICKUP_POINT),
        ("UnDelivered", ParcelState.DELIVERY_FAILED),
        ("Delivered", ParcelState.DELIVERED),
        ("Returned", ParcelState.RETURNED),
        ("Cancelled", ParcelState.CANCELLED),
        ("UnSupplied", ParcelState.CANCELLED),
        ("UnPacked", ParcelState.REPLACED),
        ("Repack", ParcelState.UNKNOWN),
        ("UnDeliveredAndReturned", ParcelState.UNKNOWN),
    ],
)
def test_each_status_has_its_state(status: str, state: ParcelState) -> None:
    assert state_of(status) is state
    parcel = mapped(package(status=status)).parcels[0]
    assert (parcel.state, parcel.channel_status) == (state, status)


def test_only_the_unknown_is_missing_from_the_table() -> None:
    assert set(STATES.values()) == set(ParcelState) - {ParcelState.UNKNOWN}


def test_the_status_drives_not_that_of_the_shipment() -> None:
    order = mapped(package(status="Shipped", shipmentPackageStatus="ReturnAccepted"))
    assert order.parcels[0].state is ParcelState.SHIPPED
    assert mapped("unknown_status").parcels[0].channel_status == "ReadyToShip"


def test_a_partly_cancelled_package_is_one_order_with_its_successor() -> None:
    first, dead, successor = (
        mapped(name)
        for name in ("created", "partly_cancelled_remains", "partly_cancelled_successor")
    )
    assert successor.parcels[0].origin_parcel_ids == ("3300123456",)
    for events in ((first, dead, successor), (successor, first, dead), (dead, successor)):
        order = None
        for event in events:
            order = merge(order, event).order
        assert order is not None
        assert [(x.line_id, x.ordered, x.cancelled) for x in order.lines] == [("7392373001", 2, 1)]
        assert order_state(p.state for p in order.parcels) is OrderState.NEW
        assert dead.parcels[0].cancel_reason == "Out of stock"


@pytest.mark.parametrize("by", ["split", "cancel", "transfer", "Split"])
def test_a_successor_without_origin_is_no_first_package(by: str) -> None:
    assert mapped(package(createdBy=by)).parcels[0].origin_parcel_ids == (UNKNOWN_ORIGIN,)
    named = package(createdBy=by, originPackageIds=[3300123456, 3300123400])
    assert mapped(named).parcels[0].origin_parcel_ids == ("3300123400",)


def test_an_origin_of_a_first_package_does_not_make_it_a_successor() -> None:
    value = package(createdBy="order-creation", originPackageIds=[3300123456])
    assert mapped(value).parcels[0].origin_parcel_ids == ()


def test_text_is_made_storable_and_spelled_escapes_stay() -> None:
    order = mapped("text_that_cannot_be_stored")
    assert order.buyer.name == "نورة Alqahtani"
    assert order.ship_to.line1 == "Building  7"
    assert order.lines[0].name == r"code \u0000 as typed"


def test_the_sku_is_the_sellers_code_or_else_the_barcode() -> None:
    assert mapped(with_line(stockCode=" ")).lines[0].channel_sku == "ERPSKU001"
    assert unmapped_skus(mapped(with_line(stockCode=None))) == ("ERPSKU001",)


def test_another_currency_is_recorded() -> None:
    value = with_line(currencyCode=None)
    value["currencyCode"] = "AED"
    assert mapped(value).payable == Money(amount=Decimal("139.5"), currency="AED")


def test_numbers_where_text_is_usual_are_taken() -> None:
    value = package(cargoTrackingNumber="7330-A")
    value["shipmentAddress"]["postalCode"] = 12211
    order = mapped(value)
    assert (order.ship_to.postal_code, order.parcels[0].tracking_number) == ("12211", "7330-A")
    large = body("created").replace(b"7330001234567890", b"99999999999999999999999")
    assert channel().to_canonical(large).parcels[0].tracking_number == "9" * 23


@pytest.mark.parametrize(
    ("name", "count"), [("created", 1), ("stream_page", 1), ("webhook_envelope", 2)]
)
def test_files_of_any_shape_are_mapped_without_a_connection(name: str, count: int) -> None:
    orders = map_file(body(name), "main")
    assert len(orders) == count
    assert orders[0] == mapped("created")


@pytest.mark.parametrize(
    ("who_pays", "seller"), [(1, True), ("1", True), (0, False), (None, False)]
)
def test_who_pays_the_carrier_is_the_packages_own(who_pays: Any, seller: bool) -> None:
    (parcel,) = mapped(package(whoPays=who_pays)).parcels
    assert parcel.seller_ships is seller


def test_an_address_that_is_filled_later_is_another_event_of_the_same_version() -> None:
    one = channel()
    full = package()
    bare = package(shipmentAddress={"fullName": "Ahmed Alharbi", "countryCode": "SA"})
    first, second = (one.identify(as_bytes(p)) for p in (bare, full))
    assert first.event_id == f"{second.event_id}:blank"
    assert first.version == second.version
    known = merge(None, mapped(bare)).order
    assert known.ship_to.is_blank
    filled = merge(known, mapped(full))
    assert filled.changed
    assert filled.order.ship_to.city == "Riyadh"
    assert not merge(filled.order, mapped(bare)).changed
