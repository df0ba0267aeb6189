"""Sums that are off are told, never mended."""

from decimal import Decimal

import pytest

from canonical.checks import totals_problem, unmapped_skus
from canonical.order import Charge, ChargeKind, Discount, Funder, Order
from tests.canonical.lives import order_with, sar
from tests.canonical.test_merge import parcel

PRICES = {"A": Decimal("12.50"), "B": Decimal("3.00")}
ORDER = order_with(parcel(lines=(("1", "A", 2), ("2", "B", 1), ("3", "B", 1))), PRICES)


def changed(**update: object) -> Order:
    return ORDER.model_copy(update=update)


def test_an_order_that_adds_up_has_no_problem() -> None:
    assert totals_problem(ORDER) is None


@pytest.mark.parametrize(("stated", "told"), [("31.01", False), ("31.02", True), ("30.98", True)])
def test_one_cent_is_rounding_and_two_are_not(stated: str, told: bool) -> None:
    problem = totals_problem(changed(stated_payable=sar(stated)))
    assert (problem is not None) == told
    if problem:
        assert problem == f"the lines sum to 31.00 SAR, the marketplace says {stated} SAR"


def test_a_line_of_several_units_may_be_off_by_no_more_either() -> None:
    line = ORDER.lines[0].model_copy(
        update={"discounts": (Discount(funder=Funder.SELLER, amount=sar("0.02")),)}
    )
    problem = totals_problem(changed(lines=(line, *ORDER.lines[1:])))
    assert problem is not None
    assert problem.startswith("line 1: 25.00 SAR less 0.02 is 24.98")


def test_charges_and_discounts_of_the_order_count() -> None:
    order = changed(
        charges=(Charge(kind=ChargeKind.SHIPPING, amount=sar("10.00")),),
        discounts=(Discount(funder=Funder.MARKETPLACE, amount=sar("1.00")),),
        stated_payable=sar("40.00"),
    )
    assert totals_problem(order) is None
    assert order.payable == sar("40.00")
    assert order.discount == sar("1.00")


def test_without_a_stated_total_only_the_lines_are_looked_at() -> None:
    assert totals_problem(changed(stated_payable=None)) is None


def test_unmapped_skus_are_named_once() -> None:
    assert unmapped_skus(ORDER) == ("A", "B")
    mapped = tuple(x.model_copy(update={"item_id": "I"}) for x in ORDER.lines)
    assert unmapped_skus(changed(lines=mapped)) == ()
