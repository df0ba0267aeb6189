"""A refusal is success where what was asked stands already; else it says why."""

from typing import Any

import pytest
from aiohttp import web

from canonical.actions import Action
from channels.errors import RefusedError
from tests.channels.trendyol.acting import (
    ACCEPT,
    CANCEL_ALL,
    CANCEL_ONE,
    CARRIER,
    INVOICE,
    LINK,
    ORDER,
    OTHERWISE,
    READY,
    SHIP,
    SPLIT_UNITS,
    performed,
    writes_and_reads,
)
from tests.channels.trendyol.samples import package

REFUSAL = {
    "exception": "TrendyolBusinessException",
    "errors": [{"key": "shipment.package.not.updatable", "message": "Package is cancelled"}],
}


def refused() -> web.Response:
    return web.json_response(REFUSAL, status=400)


def refuses(status: int, key: str) -> web.Response:
    return web.json_response({"errors": [{"key": key, "message": "no"}]}, status=status)


@pytest.mark.parametrize("key", ["CPE001", "CPE002", "CPE003", "CPE004", "CPE005", "CPE006"])
async def test_each_refusal_of_a_carrier_is_told_by_its_code(key: str) -> None:
    with pytest.raises(RefusedError) as error:
        await performed(
            CARRIER, writes_and_reads(refuses(409, key), package(cargoProviderName="SPL"))
        )
    assert error.value.code == key
    assert error.value.order_id == ORDER


@pytest.mark.parametrize(
    ("action", "status", "now"),
    [
        (CARRIER, 409, package(cargoProviderName="ARAMEX")),
        (INVOICE, 409, package(invoiceLink=LINK)),
        (SPLIT_UNITS, 400, package(status="UnPacked")),
        (OTHERWISE, 400, package(status="Shipped")),
    ],
    ids=["carrier", "invoice", "split", "otherwise"],
)
async def test_a_conflict_with_what_is_already_so_is_success(
    action: Action, status: int, now: dict[str, Any]
) -> None:
    answer = writes_and_reads(refuses(status, "exists"), now)
    server = await performed(action, answer, alternative_delivery=True)
    assert [c.method for c in server.came][1] == "GET"


@pytest.mark.parametrize(
    ("action", "now"),
    [
        (INVOICE, package(invoiceLink="https://inv.example.sa/other.pdf")),
        (INVOICE, package()),
        (SPLIT_UNITS, package()),
        (OTHERWISE, package()),
        (SHIP, package(status="Delivered", cargoSenderNumber="other")),
    ],
    ids=["another link", "link used elsewhere", "split", "otherwise", "delivered"],
)
async def test_a_conflict_with_something_else_is_refused(
    action: Action, now: dict[str, Any]
) -> None:
    with pytest.raises(RefusedError):
        await performed(
            action, writes_and_reads(refuses(409, "exists"), now), alternative_delivery=True
        )


@pytest.mark.parametrize(
    ("action", "now"),
    [
        (ACCEPT, package(status="Picking")),
        (ACCEPT, package(status="Invoiced")),
        (READY, package(status="Shipped")),
        (CANCEL_ALL, package(status="UnSupplied")),
    ],
)
async def test_a_refused_repeat_of_what_stands_is_success(
    action: Action, now: dict[str, Any]
) -> None:
    server = await performed(action, writes_and_reads(refused(), now))
    assert [c.method for c in server.came] == ["PUT", "GET"]


@pytest.mark.parametrize(
    ("action", "now"),
    [
        (ACCEPT, package(status="Cancelled")),
        (READY, package(status="Created")),
        (CANCEL_ONE, package()),
    ],
)
async def test_a_refusal_of_what_does_not_stand_says_why(
    action: Action, now: dict[str, Any]
) -> None:
    with pytest.raises(RefusedError, match="Package is cancelled") as error:
        await performed(action, writes_and_reads(refused(), now))
    assert error.value.code == "shipment.package.not.updatable"
    assert error.value.order_id == ORDER
