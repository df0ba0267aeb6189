"""The judge's own small rules: states of orders, what quotas force, tax."""

from decimal import Decimal

import pytest

from sandbox.judge.quotas import floor_seconds
from sandbox.judge.states import order_state
from sandbox.trendyol.expectation import STATES, vat_inside


@pytest.mark.parametrize(
    ("parcels", "state"),
    [
        ([], "unknown"),
        (["cancelled", "replaced"], "cancelled"),
        (["replaced"], "unknown"),
        (["cancelled", "delivered"], "delivered"),
        (["pending", "shipped"], "pending"),
        (["unknown", "pending"], "unknown"),
        (["new", "accepted"], "new"),
        (["accepted", "ready"], "accepted"),
        (["ready", "delivered"], "partly_shipped"),
        (["at_pickup_point", "delivered"], "shipped"),
        (["delivery_failed"], "shipped"),
        (["delivered", "returned"], "delivered"),
        (["returned", "cancelled"], "returned"),
    ],
)
def test_an_order_stands_where_its_slowest_live_parcel_stands(
    parcels: list[str], state: str
) -> None:
    assert order_state(parcels) == state


@pytest.mark.parametrize(
    ("calls", "seconds"),
    [
        ({}, 0),
        ({"orders.stream": 0}, 0),
        ({"orders.stream": 50}, 0),
        ({"orders.stream": 51}, 10),
        ({"orders.stream": 150, "package.status": 151}, 30),
        ({"orders.page": 30}, 0),
        ({"orders.page": 31}, 60),
        ({"orders.page": 61, "package.status": 500}, 120),
    ],
)
def test_quotas_force_the_full_windows_before_the_last(
    calls: dict[str, int], seconds: float
) -> None:
    quotas = {"*": [(50, 10.0)], "orders.page": [(30, 60.0)]}
    assert floor_seconds(calls, quotas) == seconds


@pytest.mark.parametrize(
    ("payable", "vat"),
    [("10.00", "1.30"), ("139.50", "18.20"), ("0", "0.00"), ("0.23", "0.03"), ("0.19", "0.02")],
)
def test_tax_is_taken_from_inside_half_up(payable: str, vat: str) -> None:
    assert vat_inside(Decimal(payable), Decimal(15)) == Decimal(vat)


def test_half_a_cent_goes_up() -> None:
    assert vat_inside(Decimal("0.115"), Decimal(15)) == Decimal("0.02")


def test_unpacked_is_replaced_and_unsupplied_is_cancelled() -> None:
    assert (STATES["UnPacked"], STATES["UnSupplied"]) == ("replaced", "cancelled")
