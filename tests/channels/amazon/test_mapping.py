"""From Amazon's order to ours: units, states, packages, money, people."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from canonical.checks import totals_problem
from canonical.merge import merge
from canonical.money import Money
from canonical.order import ChargeKind, FulfilledBy, Order, PaymentMethod
from canonical.states import OrderState, ParcelState, order_state
from canonical.telling import digest_of
from channels.amazon import map_file
from channels.errors import ContractError
from tests.channels.amazon.samples import (
    MUG,
    ORDER_ID,
    TEA,
    as_bytes,
    by_amazon,
    case,
    channel,
    fulfilled,
    item,
    money,
    order,
    package,
)

P = ParcelState


def mapped(value: dict[str, Any]) -> Order:
    """As the store would keep it after this one event."""
    (found,) = map_file(as_bytes(value), "main")
    return merge(None, found).order


def after(*values: dict[str, Any]) -> Order:
    found = None
    for value in values:
        found = merge(found, map_file(as_bytes(value), "main")[0]).order
    assert found is not None
    return found


def state(found: Order) -> OrderState:
    return order_state(p.state for p in found.parcels)


def units(found: Order) -> dict[str, tuple[int, int, int]]:
    return {x.line_id: (x.ordered, x.cancelled, x.shipped) for x in found.lines}


def sar(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="SAR")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("PENDING_AVAILABILITY", OrderState.PENDING),
        ("PENDING", OrderState.PENDING),
        ("UNSHIPPED", OrderState.NEW),
        ("CANCELLED", OrderState.CANCELLED),
        ("Canceled", OrderState.CANCELLED),
        ("UNFULFILLABLE", OrderState.CANCELLED),
        ("HELD_FOR_THE_MOON", OrderState.UNKNOWN),
    ],
)
def test_the_state_of_what_has_not_left(status: str, expected: OrderState) -> None:
    found = mapped(order(status))
    assert state(found) is expected
    if expected is OrderState.UNKNOWN:
        assert found.parcels[0].channel_status == "HELD_FOR_THE_MOON"
    cancelled = 2 if expected is OrderState.CANCELLED else 0
    assert units(found) == {TEA: (2, cancelled, 0)}


def test_an_order_of_which_the_fulfilment_is_not_told_is_never_acted_upon() -> None:
    assert state(mapped(order(fulfillment=None))) is OrderState.UNKNOWN
    strange = {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "A_DRONE"}
    assert state(mapped(order(fulfillment=strange))) is OrderState.UNKNOWN


def test_a_pending_order_has_units_and_need_not_have_prices_or_an_address() -> None:
    bare = {**item(), "product": {"sellerSku": "KSA-TEA-0250"}, "proceeds": None}
    value = order("PENDING", orderItems=[bare], proceeds=None, recipient=None, buyer=None)
    found = mapped(value)
    assert state(found) is OrderState.PENDING
    assert found.currency == "SAR"
    assert found.payable == sar("0")
    assert totals_problem(found) is None
    assert found.payment.method is PaymentMethod.UNKNOWN


def test_a_part_that_left_is_a_parcel_and_the_rest_waits() -> None:
    part = order(
        "PARTIALLY_SHIPPED", orderItems=[item(**fulfilled(1, 1))], packages=[package(units=1)]
    )
    found = after(order(), part)
    assert state(found) is OrderState.PARTLY_SHIPPED
    assert units(found) == {TEA: (2, 0, 1)}
    by_id = {p.parcel_id: p for p in found.parcels}
    assert by_id["1"].state is P.SHIPPED
    assert (by_id["1"].carrier, by_id["1"].tracking_number) == ("SMSA", "SMSA1")
    assert [x.quantity for x in by_id["rest"].lines] == [1]


def test_two_packages_make_the_whole_and_no_unit_is_counted_twice() -> None:
    first = order(
        "PARTIALLY_SHIPPED", orderItems=[item(**fulfilled(1, 1))], packages=[package(units=1)]
    )
    both = order(
        "SHIPPED",
        lastUpdatedTime="2026-11-24T12:00:00Z",
        orderItems=[item(**fulfilled(2, 0))],
        packages=[package(units=1, status="DELIVERED"), package("2", 1, tracking="SMSA2")],
    )
    for way in ((order(), first, both), (both, first, order()), (order(), both)):
        found = after(*way)
        assert state(found) is OrderState.SHIPPED
        assert units(found) == {TEA: (2, 0, 2)}


def test_an_order_whose_packages_are_delivered_is_delivered() -> None:
    done = order(
        "SHIPPED", orderItems=[item(**fulfilled(2, 0))], packages=[package(status="DELIVERED")]
    )
    assert state(after(order(), done)) is OrderState.DELIVERED


def test_units_that_left_in_no_package_that_is_shown_count_as_shipped() -> None:
    gone = order("SHIPPED", orderItems=[item(**fulfilled(2, 0))])
    found = after(order(), gone)
    assert state(found) is OrderState.SHIPPED
    assert units(found) == {TEA: (2, 0, 2)}
    shown = {**gone, "packages": [package()], "lastUpdatedTime": "2026-11-24T12:00:00Z"}
    assert units(after(order(), gone, shown)) == {TEA: (2, 0, 2)}


def test_a_cancelled_item_beside_a_shipped_one() -> None:
    cancelled = item(
        MUG,
        1,
        **fulfilled(0, 0),
        cancellation={"cancellationExecution": {"cancelledBy": "SELLER", "cancelReason": "None"}},
    )
    value = order("SHIPPED", orderItems=[item(**fulfilled(2, 0)), cancelled], packages=[package()])
    start = order(orderItems=[item(), item(MUG, 1)])
    found = after(start, value)
    rest = next(p for p in mapped(value).parcels if p.parcel_id == "rest")
    assert [(x.line_id, x.quantity) for x in rest.lines] == [(MUG, 0)]
    assert units(found) == {TEA: (2, 0, 2), MUG: (1, 1, 0)}
    assert state(found) is OrderState.SHIPPED


def test_a_cancelled_item_whose_quantity_falls_to_nothing_is_still_one_that_was_ordered() -> None:
    cancelled = order("CANCELLED", orderItems=[item(ordered=0)], proceeds=None)
    assert units(after(order(), {**cancelled, "lastUpdatedTime": "2026-11-24T12:00:00Z"})) == {
        TEA: (2, 2, 0)
    }


def test_easy_ship_waits_for_amazons_carrier_and_others_for_the_sellers() -> None:
    own = mapped(order()).parcels[0]
    easy = mapped(order(programs=["AMAZON_EASY_SHIP"])).parcels[0]
    assert (own.seller_ships, easy.seller_ships) == (True, False)


def test_an_easy_ship_package_before_its_pickup_is_ready() -> None:
    value = order(programs=["AMAZON_EASY_SHIP"], packages=[package()])
    found = mapped(value)
    assert state(found) is OrderState.READY
    assert units(found) == {TEA: (2, 0, 0)}


def test_h04c_shows_the_tracking_and_keeps_the_items_leading_zeros() -> None:
    found = merge(None, map_file(case("H04c"), "main")[0]).order
    assert units(found) == {MUG: (2, 0, 2)}
    parcel = next(p for p in found.parcels if p.parcel_id == "1")
    assert (parcel.tracking_number, parcel.state) == ("290012345678", P.SHIPPED)
    assert totals_problem(found) is None
    assert found.payable == sar("115.00")


def test_prices_include_vat_and_the_totals_are_checked() -> None:
    found = mapped(order())
    (line,) = found.lines
    assert (line.unit_price, line.line_gross, line.line_payable) == (
        sar("57.50"),
        sar("115.00"),
        sar("115.00"),
    )
    assert line.tax is not None
    assert (line.tax.net, line.tax.vat) == (sar("100.00"), sar("15.00"))
    assert totals_problem(found) is None
    wrong = mapped(order(proceeds={"grandTotal": money("116.00")}))
    assert "116.00" in str(totals_problem(wrong))


def test_what_was_cancelled_is_not_in_amazons_total_and_calls_nobody() -> None:
    gone = order("CANCELLED", proceeds={"grandTotal": money("0.00")})
    assert totals_problem(mapped(gone)) is None
    part = item(MUG, 1, **fulfilled(0, 0))
    value = order(orderItems=[item(), part], proceeds={"grandTotal": money("115.00")})
    assert totals_problem(mapped(value)) is None


def rows(*told: tuple[str, str], total: str, details: Any = None) -> dict[str, Any]:
    made = [{"type": t, "subtotal": money(a)} for t, a in told]
    if details:
        made[-1]["detailedBreakdowns"] = details
    return {"proceedsTotal": money(total), "breakdowns": made}


@pytest.mark.parametrize(
    ("proceeds", "total"),
    [
        (rows(("ITEM", "115.00"), ("SHIPPING", "10.00"), total="125.00"), "125.00"),
        # Tax inside the other rows, then on top of them, as in Amazon's own example.
        (rows(("ITEM", "115.00"), ("TAX", "15.00"), total="115.00"), "115.00"),
        (rows(("ITEM", "100.00"), ("TAX", "15.00"), total="115.00"), "115.00"),
        # A discount as a reduction and as a negative row.
        (rows(("ITEM", "115.00"), ("DISCOUNT", "15.00"), total="100.00"), "100.00"),
        (rows(("ITEM", "115.00"), ("DISCOUNT", "-15.00"), total="100.00"), "100.00"),
        (rows(("ITEM", "115.00"), ("COD_FEE", "12.00"), total="127.00"), "127.00"),
        (rows(("ITEM", "115.00"), ("A_NEW_ROW", "3.00"), total="118.00"), "118.00"),
    ],
)
def test_rows_are_read_by_what_adds_up(proceeds: dict[str, Any], total: str) -> None:
    value = order(orderItems=[item(proceeds=proceeds)], proceeds={"grandTotal": money(total)})
    found = mapped(value)
    assert totals_problem(found) is None
    assert found.payable == sar(total)


def test_free_shipping_is_a_discount_of_the_charge_not_of_the_goods() -> None:
    details = [{"subtype": "SHIPPING", "value": money("10.00")}]
    proceeds = rows(
        ("ITEM", "115.00"),
        ("SHIPPING", "10.00"),
        ("DISCOUNT", "10.00"),
        total="115.00",
        details=details,
    )
    found = mapped(order(orderItems=[item(proceeds=proceeds)]))
    assert found.lines[0].discounts == ()
    assert [(c.kind, c.amount) for c in found.charges] == [(ChargeKind.SHIPPING, sar("10.00"))]
    assert found.payable == sar("115.00")


def test_cash_on_delivery_says_what_the_courier_takes() -> None:
    cash = {
        "paymentExecutions": [{"paymentMethod": "CashOnDelivery", "paymentAmount": money("115")}]
    }
    payment = mapped(order(payment=cash)).payment
    assert payment.method is PaymentMethod.CASH_ON_DELIVERY
    assert payment.to_collect == sar("115.00")
    card = {"paymentExecutions": [{"paymentMethod": "Mada"}]}
    assert mapped(order(payment=card)).payment.method is PaymentMethod.PREPAID


def test_arabic_names_and_addresses_stay_as_they_were_written() -> None:
    found = mapped(order())
    assert found.buyer.name == "نورة القحطاني"
    assert found.ship_to.line1 == "شارع العليا، مبنى ١٢"
    assert (found.ship_to.city, found.ship_to.district) == ("الرياض", "العليا")
    assert not found.ship_to.is_blank


def test_what_the_buyer_asks_to_cancel_is_news_to_the_internal_systems() -> None:
    asked = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "Ordered by mistake"}}
    before, now = mapped(order()), mapped(order(orderItems=[item(cancellation=asked)]))
    assert now.cancel_request is not None
    assert now.cancel_request.line_ids == (TEA,)
    assert now.cancel_request.reason == "Ordered by mistake"
    assert digest_of(before) != digest_of(now)
    carried_out = {**asked, "cancellationExecution": {"cancelledBy": "SELLER"}}
    done = order("CANCELLED", orderItems=[item(cancellation=carried_out)])
    assert mapped(done).cancel_request is None


@pytest.mark.parametrize("status", ["PENDING", "UNSHIPPED", "SHIPPED", "CANCELLED"])
def test_what_amazon_fulfils_is_marked_and_is_over_as_soon_as_it_left(status: str) -> None:
    found = mapped(by_amazon(status))
    assert found.fulfilled_by is FulfilledBy.MARKETPLACE
    assert found.over_at == found.placed_at
    assert not any(p.seller_ships for p in found.parcels)


def test_an_order_of_the_sellers_is_over_some_time_after_the_promise() -> None:
    found = mapped(order())
    assert found.fulfilled_by is FulfilledBy.SELLER
    assert found.over_at == datetime(2026, 12, 14, 20, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (order(orderId=None), "orderId"),
        (order(lastUpdatedTime="yesterday"), "lastUpdatedTime"),
        (order(orderItems=[item(), item()]), "orderItems.1.orderItemId"),
        (order(orderItems=[item(quantityOrdered=-1)]), "orderItems.0.quantityOrdered"),
        (order(proceeds={"grandTotal": money("115.00", "USD")}), "proceeds"),
        (order(proceeds={"grandTotal": money("1e999999")}), "proceeds.grandTotal.amount"),
        (order(proceeds={"grandTotal": money("115,00")}), "proceeds.grandTotal.amount"),
        (order(packages=[package(), package()]), "packages"),
    ],
)
def test_what_does_not_fit_is_named(value: dict[str, Any], field: str) -> None:
    with pytest.raises(ContractError) as refused:
        channel().to_canonical(as_bytes(value))
    assert field in refused.value.fields
    (event,) = channel().split_webhook(as_bytes(value))
    assert event.identity is None


def test_an_unreadable_order_is_named_where_its_number_can_be_read() -> None:
    with pytest.raises(ContractError) as refused:
        channel().to_canonical(as_bytes(order(createdTime=None)))
    assert refused.value.order_id == ORDER_ID


def test_nulls_count_as_absent() -> None:
    value = order(buyer=None)
    value |= {"buyer": None, "packages": None, "programs": None, "payment": None, "tax": None}
    assert mapped(value).lines == mapped(order()).lines
