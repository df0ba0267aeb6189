"""Files of Amazon's own warehouse: rows for the books, and no buyer in any of them."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import text

from channels.amazon.abilities import FBA_RETURNS, FBA_SHIPMENTS
from store import Store
from store.document_results import DocumentState
from store.document_tables import return_rows, shipment_rows
from store.holds import Hold
from tests.documents.stage import Stage

BUYER = "نورة القحطاني"
SHIPMENT = {
    "amazon-order-id": "408-7315926-4482713",
    "shipment-id": "D7315926",
    "shipment-item-id": "D1",
    "amazon-order-item-id": "00418273915530",
    "purchase-date": "2026-11-20T08:00:00+03:00",
    "shipment-date": "2026-11-21T09:30:00+03:00",
    "buyer-name": BUYER,
    "buyer-phone-number": "+966500000001",
    "sku": "KSA-TEA-0250",
    "product-name": "شاي 250 جم",
    "quantity-shipped": "2",
    "currency": "SAR",
    "item-price": "115.00",
    "item-tax": "",
    "ship-address-1": "شارع العليا",
    "carrier": "AMZN_SA",
    "tracking-number": "T1",
    "fulfillment-center-id": "RUH1",
}
RETURN = {
    "return-date": "2026-11-25T10:00:00+00:00",
    "order-id": "408-7315926-4482713",
    "sku": "KSA-TEA-0250",
    "asin": "B0TEST0001",
    "fnsku": "X001",
    "product-name": "شاي 250 جم",
    "quantity": "1",
    "fulfillment-center-id": "RUH1",
    "detailed-disposition": "CUSTOMER_DAMAGED",
    "reason": "DEFECTIVE",
    "status": "Unit returned to inventory",
    "license-plate-number": "LPN1",
    "customer-comments": f"{BUYER}: مكسور",
}


def _file(row: dict[str, str]) -> bytes:
    return "\r\n".join(("\t".join(row), "\t".join(row.values()), "")).encode()


async def test_a_shipment_of_the_marketplaces_warehouse(stage: Stage, store: Store) -> None:
    kept = await stage.ended(await stage.report(FBA_SHIPMENTS, _file(SHIPMENT)))
    assert (kept.state, kept.content) == (DocumentState.STORED, "shipments")
    (row,) = await stage.rows(shipment_rows, kept)
    assert row.order_item_id == "00418273915530"
    assert (row.quantity, row.item_price, row.item_tax) == (2, Decimal("115"), None)
    assert row.shipped_at == datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
    await _nobody_stands_in(store, "shipment_rows")


async def test_a_return_to_the_marketplaces_warehouse(stage: Stage, store: Store) -> None:
    kept = await stage.ended(await stage.report(FBA_RETURNS, _file(RETURN)))
    assert (kept.state, kept.content) == (DocumentState.STORED, "returns")
    (row,) = await stage.rows(return_rows, kept)
    assert (row.quantity, row.disposition, row.plate) == (1, "CUSTOMER_DAMAGED", "LPN1")
    await _nobody_stands_in(store, "return_rows")


async def _nobody_stands_in(store: Store, table: str) -> None:
    """Neither in the rows nor in what is said of their documents."""
    for name in (table, "documents"):
        statement = text(f"SELECT count(*) FROM {name} t WHERE t::text LIKE :who")  # noqa: S608
        values = {"who": f"%{BUYER}%"}
        found = await store._database.quick(
            lambda c, s=statement, v=values: c.execute(s, v).scalar_one()  # type: ignore[misc]
        )
        assert found == 0, name


async def test_a_paused_account_fetches_nothing_until_it_goes_on(stage: Stage) -> None:
    account = stage.channel.account
    hold = Hold(by="tests", why="vacation", since=datetime.now(UTC))
    await stage.store.holds.put("amazon", account, hold)
    found = await stage.report(FBA_RETURNS, _file(RETURN))
    assert (await stage.waits(found)).startswith(f"Account amazon/{account} is paused by tests")
    assert stage.asked_for() == 0
    await stage.store.holds.lift("amazon", account)
    kept = await stage.ended(found)
    assert kept.state is DocumentState.STORED
