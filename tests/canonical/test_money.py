"""Money is exact, and never a float."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from canonical.money import CurrencyMismatchError, Money, total
from canonical.tax import included
from tests.canonical.lives import sar

AMOUNTS = st.decimals(min_value=0, max_value=1_000_000, places=2)
RATES = st.sampled_from([Decimal(0), Decimal(5), Decimal(15), Decimal("7.5")])


@given(st.lists(AMOUNTS, max_size=20))
def test_sums_are_exact(amounts: list[Decimal]) -> None:
    in_cents = sum(int(a * 100) for a in amounts)
    assert total((sar(a) for a in amounts), "SAR").amount * 100 == in_cents


@given(AMOUNTS, st.integers(0, 1_000))
def test_a_multiple_is_what_adding_gives(amount: Decimal, count: int) -> None:
    assert sar(amount) * count == sar(amount * count)


@given(AMOUNTS, RATES)
def test_net_and_tax_add_up_to_what_is_paid(amount: Decimal, rate: Decimal) -> None:
    tax = included(sar(amount), rate)
    assert tax.net + tax.vat == tax.gross == sar(amount)
    assert tax.rate == rate
    assert tax.vat.amount >= 0
    exact = amount * rate / (100 + rate)
    assert abs(tax.vat.amount - exact) <= Decimal("0.005")


def test_floats_and_mixed_currencies_are_refused() -> None:
    with pytest.raises(ValidationError):
        Money(amount=1.5, currency="SAR")
    with pytest.raises(CurrencyMismatchError):
        sar(1) + Money(amount=Decimal(1), currency="AED")
