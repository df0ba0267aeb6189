"""Faults that others met, as far as the channel is concerned."""

import json
from decimal import Decimal

import pytest

from canonical.checks import totals_problem, unmapped_skus
from canonical.merge import merge
from canonical.money import Money
from canonical.states import OrderState, order_state
from channels.errors import ContractError
from channels.trendyol import map_file
from tests.channels.trendyol.samples import case, channel


def sar(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="SAR")


def test_h21_a_voucher_is_taken_from_the_price_with_tax() -> None:
    (order,) = map_file(case("H21"), "main")
    assert (order.gross, order.discount, order.payable) == (sar("85"), sar("75"), sar("10"))
    tax = order.lines[0].tax
    assert tax is not None
    assert (tax.vat, tax.net, tax.rate) == (sar("1.30"), sar("8.70"), Decimal(15))
    assert order.vat == sar("1.30")
    assert order.prices_include_tax
    assert totals_problem(order) is None


def test_h28_wrong_types_are_named() -> None:
    with pytest.raises(ContractError) as refused:
        channel().to_canonical(case("H28"))
    assert refused.value.fields == ("lastModifiedDate", "lines", "packageTotalPrice")
    for field in refused.value.fields:
        assert field in refused.value.message
    (event,) = channel().split_webhook(case("H28"))
    assert event.identity is None
    assert event.body == case("H28")


def test_h39_the_unknown_product_is_named_and_the_others_are_not_touched() -> None:
    orders = map_file(case("H39"), "main")
    assert [unmapped_skus(o) for o in orders] == [
        ("ERP-SKU-001",),
        ("ERP-SKU-001",),
        ("ERP-SKU-DELETED",),
        ("ERP-SKU-001",),
        ("ERP-SKU-001",),
    ]
    assert {o.payable for o in orders} == {sar("74.75")}


def test_h27_a_burst_has_an_id_for_each_hook_and_ends_delivered() -> None:
    hooks = json.loads(case("H27"))
    one = channel()
    events = [e for hook in hooks for e in one.split_webhook(json.dumps(hook).encode())]
    ids = {e.identity.event_id for e in events if e.identity}
    assert len(ids) == len(hooks) == 12
    order = None
    for event in (*events[6:], *events, *events[:6]):
        order = merge(order, one.to_canonical(event.body)).order
    assert order is not None
    assert order_state(p.state for p in order.parcels) is OrderState.DELIVERED


def test_h16_the_replayed_body_keeps_its_event_id() -> None:
    one = channel()
    again = [one.split_webhook(case("H16-trendyol"))[0].identity for _ in range(2)]
    assert again[0] == again[1]
    assert again[0] is not None
    assert again[0].event_id == "SA:3300160001:Created:1795502990000"
