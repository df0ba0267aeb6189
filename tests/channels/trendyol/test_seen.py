"""Whether an action was applied, told from the order's packages alone."""

from typing import Any

import pytest

from channels.port import Seen
from channels.trendyol.requests import ParcelAction
from channels.trendyol.seen import seen
from channels.trendyol.wire import Package, read_package
from tests.channels.trendyol.acting import (
    ACCEPT,
    CANCEL_ALL,
    CANCEL_ONE,
    CARRIER,
    INVOICE,
    LINK,
    OTHERWISE,
    READY,
    SHIP,
    SPLIT_UNITS,
)
from tests.channels.trendyol.samples import as_bytes, package


def parsed(**changes: Any) -> Package:
    return read_package(as_bytes(package(**changes)), "main")


def named(name: str, **changes: Any) -> Package:
    return read_package(as_bytes(package(name, **changes)), "main")


def history(*statuses: str) -> list[dict[str, Any]]:
    return [{"createdDate": 1795509011000 + n, "status": s} for n, s in enumerate(statuses)]


REMAINS, REST = named("partly_cancelled_remains"), named("partly_cancelled_successor")
WHOLE_REST = read_package(
    as_bytes({**package("partly_cancelled_successor"), "lines": package()["lines"]}), "main"
)
LINE_GONE = parsed(
    lines=[{**package()["lines"][0], "orderLineItemStatusName": "UnSupplied"}],
)


@pytest.mark.parametrize(
    ("action", "packages", "expected"),
    [
        (ACCEPT, [], Seen.UNCLEAR),
        (ACCEPT, [REST], Seen.UNCLEAR),
        (ACCEPT, [parsed()], Seen.NOT_APPLIED),
        (ACCEPT, [parsed(status="Delivered")], Seen.APPLIED),
        (ACCEPT, [parsed(status="ReadyToShip")], Seen.UNCLEAR),
        (ACCEPT, [parsed(status="Cancelled")], Seen.NOT_APPLIED),
        (
            ACCEPT,
            [parsed(status="Cancelled", packageHistories=history("Created", "Picking"))],
            Seen.APPLIED,
        ),
        (READY, [parsed(status="Picking")], Seen.NOT_APPLIED),
        (READY, [parsed(status="Invoiced")], Seen.APPLIED),
        (READY, [parsed(status="Invoiced", invoiceNumber="INV-1")], Seen.APPLIED),
        (READY, [parsed(status="Invoiced", invoiceNumber="INV-9")], Seen.UNCLEAR),
        (CANCEL_ONE, [parsed()], Seen.NOT_APPLIED),
        (CANCEL_ONE, [LINE_GONE], Seen.APPLIED),
        (CANCEL_ONE, [parsed(status="ReadyToShip")], Seen.UNCLEAR),
        (CANCEL_ONE, [REMAINS, REST], Seen.APPLIED),
        (CANCEL_ALL, [REMAINS, REST], Seen.UNCLEAR),
        (CANCEL_ONE, [REMAINS, WHOLE_REST], Seen.UNCLEAR),
        (CANCEL_ALL, [parsed(status="UnSupplied")], Seen.APPLIED),
        (CANCEL_ONE, [parsed(status="UnPacked")], Seen.UNCLEAR),
        (SPLIT_UNITS, [parsed()], Seen.NOT_APPLIED),
        (SPLIT_UNITS, [parsed(status="UnPacked")], Seen.APPLIED),
        (SPLIT_UNITS, [parsed(status="ReadyToShip")], Seen.UNCLEAR),
        (CARRIER, [parsed(cargoProviderName="J&T")], Seen.NOT_APPLIED),
        (CARRIER, [parsed(cargoProviderName="")], Seen.NOT_APPLIED),
        (INVOICE, [parsed()], Seen.NOT_APPLIED),
        (INVOICE, [parsed(invoiceLink=LINK)], Seen.APPLIED),
        (OTHERWISE, [parsed(status="Delivered")], Seen.APPLIED),
        (SHIP, [parsed(cargoSenderNumber="SMSA290012345")], Seen.APPLIED),
        (SHIP, [parsed(status="Picking")], Seen.NOT_APPLIED),
        (SHIP, [parsed(status="Shipped", cargoSenderNumber="other")], Seen.UNCLEAR),
    ],
)
def test_what_the_packages_tell(
    action: ParcelAction, packages: list[Package], expected: Seen
) -> None:
    assert seen(action, packages) is expected
