import csv
import hashlib
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from tests.sandbox.amazon.aws import Aws
from tests.sandbox.amazon.harness import MARKETPLACE, Sandbox, Seller, accounts_file
from tests.sandbox.amazon.waiting import eventually

REPORTS = "/reports/2021-06-30"
ALL_ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
SHIPMENTS = "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL"
RETURNS = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
ACTIONABLE = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"
UBL = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


def table(body: bytes, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode(encoding)), delimiter="\t"))


async def body_of(seller: Seller, report: Any, **params: Any) -> bytes:
    assert report["processingStatus"] == "DONE"
    return await seller.download(f"{REPORTS}/documents/{report['reportDocumentId']}", **params)


async def fba_order(seller: Seller, quantity: int = 2) -> Any:
    order = await seller.order(
        channel="AFN", lines=[{"sku": "SKU-1", "quantity": quantity, "discount": "5.00"}]
    )
    await seller.operate(order, "move")
    return order


async def test_all_orders(seller: Seller) -> None:
    order = await seller.order(lines=[{"sku": "SKU-2", "quantity": 3}], cod=True)
    await seller.read(order)
    report = await seller.report(ALL_ORDERS)
    [row] = table(await body_of(seller, report))
    assert (row["amazon-order-id"], row["sku"], row["quantity"]) == (
        order["order_id"], "SKU-2", "3",
    )  # fmt: skip
    assert (row["item-price"], row["currency"], row["product-name"]) == (
        "172.50", "SAR", "محمصة خبز",
    )  # fmt: skip
    [document] = (await seller.ledger())["documents"]
    assert (document["kind"], document["rows"]) == (ALL_ORDERS, 1)


async def test_an_empty_range_is_cancelled(seller: Seller) -> None:
    report = await seller.report(ALL_ORDERS)
    assert report["processingStatus"] == "CANCELLED"
    assert "reportDocumentId" not in report


async def test_a_fatal_report_says_why(seller: Seller) -> None:
    report = await seller.report("GET_VAT_TRANSACTION_DATA")
    assert report["processingStatus"] == "FATAL"
    path = f"{REPORTS}/documents/{report['reportDocumentId']}"
    assert b"not available" in await seller.download(path)
    await seller.fault("report_fatal", ALL_ORDERS, message="Something is wrong")
    again = await seller.report(ALL_ORDERS)
    assert again["processingStatus"] == "FATAL"


async def test_fba_shipments_and_returns(seller: Seller) -> None:
    order = await fba_order(seller)
    await seller.operate(order, "return", sellable=False, reason="DEFECTIVE")

    async def rows(kind: str) -> Any:
        report = await seller.report(kind)
        done = report["processingStatus"] == "DONE"
        return table(await body_of(seller, report)) if done else None

    [shipment] = await eventually(lambda: rows(SHIPMENTS))
    assert (shipment["quantity-shipped"], shipment["item-price"]) == ("2", "230.00")
    assert shipment["item-promotion-discount"] == "-5.00"
    [back] = await eventually(lambda: rows(RETURNS))
    assert (back["order-id"], back["detailed-disposition"]) == (
        order["order_id"], "CUSTOMER_DAMAGED",
    )  # fmt: skip


async def test_a_near_real_time_report_too_soon_is_cancelled(
    seller: Seller, sandbox: Sandbox
) -> None:
    await fba_order(seller)
    await eventually(lambda: _done(seller, SHIPMENTS))
    await sandbox.knobs(report_gap_s=200_000)
    assert (await seller.report(SHIPMENTS))["processingStatus"] == "CANCELLED"


async def _done(seller: Seller, kind: str) -> bool:
    return bool((await seller.report(kind))["processingStatus"] == "DONE")


async def test_a_settlement_is_found_and_adds_up(seller: Seller) -> None:
    mine = await seller.order(lines=[{"sku": "SKU-1", "quantity": 2, "shipping": "9.99"}], cod=True)
    await seller.confirm(mine)
    theirs = await fba_order(seller)
    await seller.operate(theirs, "return")
    asked = {"reportType": SETTLEMENT, "marketplaceIds": [MARKETPLACE]}
    refused = await seller.call("POST", f"{REPORTS}/reports", asked)
    assert (refused.status, refused.code) == (400, "InvalidInput")
    await seller.sandbox.operate("POST", f"/settlements/{seller.id}")
    found = await seller.good("GET", f"{REPORTS}/reports", reportTypes=SETTLEMENT)
    [report] = found["reports"]
    first, *rows = table(await body_of(seller, report))
    total = sum((Decimal(row["amount"]) for row in rows), Decimal(0))
    assert Decimal(first["total-amount"]) == total
    paid = [row for row in rows if row["order-id"] == mine["order_id"]]
    prices = [Decimal(row["amount"]) for row in paid if row["amount-type"] == "ItemPrice"]
    # 2 x 115.00 + 9.99 + 12.00 for cash on delivery
    assert sum(prices) == Decimal("251.99")
    back = [row for row in rows if row["order-id"] == theirs["order_id"]]
    gross = [
        Decimal(row["amount"]) for row in back if row["amount-type"] in ("ItemPrice", "Promotion")
    ]
    assert sum(gross) == 0
    [document] = (await seller.ledger())["documents"]
    assert Decimal(document["sum"]) == total
    again = await seller.sandbox.operate("POST", f"/settlements/{seller.id}", status=400)
    assert "nothing to pay" in again["error"]


async def test_a_settlement_may_be_large_or_wrong_or_differently_written(
    seller: Seller, sandbox: Sandbox
) -> None:
    await sandbox.knobs(
        settlement_off_by="0.01", report_encoding="cp1256", report_decimals=",",
        report_extra_column=True,
    )  # fmt: skip
    order = await seller.order()
    await seller.confirm(order)
    await sandbox.operate("POST", f"/settlements/{seller.id}", {"rows": 5000})
    found = await seller.good("GET", f"{REPORTS}/reports", reportTypes=SETTLEMENT)
    body = await body_of(seller, found["reports"][0])
    first, *rows = table(body, "cp1256")
    assert len(rows) >= 5000
    total = sum(Decimal(row["amount"].replace(",", ".")) for row in rows)
    assert Decimal(first["total-amount"].replace(",", ".")) - total == Decimal("0.01")
    assert "fulfillment-programme" in first
    [document] = (await seller.ledger())["documents"]
    assert document["sha256"] == hashlib.sha256(body).hexdigest()
    assert document["rows"] == len(rows) + 1


async def test_reports_are_listed_by_pages_whose_token_stands_alone(seller: Seller) -> None:
    order = await seller.order()
    await seller.read(order)
    made = {(await seller.report(ALL_ORDERS))["reportId"] for _ in range(3)}
    query: dict[str, Any] = {"reportTypes": ALL_ORDERS, "pageSize": 2}
    page = await seller.good("GET", f"{REPORTS}/reports", **query)
    token = page["nextToken"]
    mixed = await seller.call("GET", f"{REPORTS}/reports", **query, nextToken=token)
    assert (mixed.status, mixed.code) == (400, "InvalidInput")
    last = await seller.good("GET", f"{REPORTS}/reports", nextToken=token)
    assert "nextToken" not in last
    assert {each["reportId"] for each in (*page["reports"], *last["reports"])} == made
    none = await seller.call("GET", f"{REPORTS}/reports")
    assert (none.status, none.code) == (400, "InvalidInput")
    old = (datetime.now(UTC) - timedelta(days=120)).isoformat()
    too_old = await seller.call(
        "GET", f"{REPORTS}/reports", reportTypes=ALL_ORDERS, createdSince=old
    )
    assert too_old.status == 400


async def test_schedules_make_reports(seller: Seller) -> None:
    await seller.read(await seller.order())
    body = {"reportType": ALL_ORDERS, "marketplaceIds": [MARKETPLACE], "period": "PT5M"}
    made = await seller.good("POST", f"{REPORTS}/schedules", body)
    listed = await seller.good("GET", f"{REPORTS}/schedules", reportTypes=ALL_ORDERS)
    assert [each["period"] for each in listed["reportSchedules"]] == ["PT5M"]

    async def scheduled() -> bool:
        found = await seller.good("GET", f"{REPORTS}/reports", reportTypes=ALL_ORDERS)
        mine = [each.get("reportScheduleId") for each in found["reports"]]
        return mine.count(made["reportScheduleId"]) >= 2

    await eventually(scheduled)
    one = f"{REPORTS}/schedules/{made['reportScheduleId']}"
    assert (await seller.good("GET", one))["period"] == "PT5M"
    await seller.good("DELETE", one)
    assert (await seller.call("GET", one)).status == 404


async def test_urls_die_and_only_fit_their_verb(seller: Seller, sandbox: Sandbox) -> None:
    await seller.read(await seller.order())
    report = await seller.report(ALL_ORDERS)
    path = f"{REPORTS}/documents/{report['reportDocumentId']}"
    url = (await seller.good("GET", path))["url"]
    parts = urlsplit(url)
    assert (await sandbox.send("GET", url)).status == 200
    wrong = await sandbox.send("PUT", url, data=b"x")
    assert (wrong.status, b"SignatureDoesNotMatch" in wrong.body) == (403, True)
    last = "f" if parts.query[-1] == "0" else "0"
    forged = await sandbox.send("GET", f"{parts.path}?{parts.query[:-1]}{last}")
    assert forged.status == 403
    await sandbox.knobs(presigned_life_s=0, presigned_least_s=0)
    late = await sandbox.send("GET", (await seller.good("GET", path))["url"])
    assert (late.status, b"Request has expired" in late.body) == (403, True)


@pytest.mark.parametrize("share", [0.0, 1.0])
async def test_documents_come_plain_or_compressed(
    seller: Seller, sandbox: Sandbox, share: float
) -> None:
    await sandbox.knobs(gzip_share=share)
    await seller.read(await seller.order())
    report = await seller.report(ALL_ORDERS)
    path = f"{REPORTS}/documents/{report['reportDocumentId']}"
    document = await seller.good("GET", path)
    assert document.get("compressionAlgorithm") == ("GZIP" if share else None)
    raw = await sandbox.send("GET", document["url"])
    assert raw.body.startswith(b"\x1f\x8b") is bool(share)
    assert "Content-Encoding" not in raw.headers
    named = await seller.good("GET", path, enableContentEncodingUrlHeader="true")
    told = await sandbox.send("GET", named["url"])
    assert told.headers.get("Content-Encoding") == ("gzip" if share else None)
    assert len(table(await seller.download(path))) == 1


async def test_files_may_arrive_damaged(seller: Seller, sandbox: Sandbox) -> None:
    await sandbox.knobs(gzip_share=1.0)
    await seller.read(await seller.order())
    report = await seller.report(ALL_ORDERS)
    path = f"{REPORTS}/documents/{report['reportDocumentId']}"
    await seller.fault("truncated", ALL_ORDERS)
    await seller.fault("gzip_twice", ALL_ORDERS)
    with pytest.raises(EOFError):
        await seller.download(path)
    assert (await seller.download(path)).startswith(b"\x1f\x8b")
    assert len(table(await seller.download(path))) == 1


async def test_a_restricted_report_needs_its_token(seller: Seller) -> None:
    await seller.read(await seller.order())
    report = await seller.report(ACTIONABLE)
    path = f"{REPORTS}/documents/{report['reportDocumentId']}"
    assert (await seller.call("GET", path)).status == 403
    body = {"restrictedResources": [{"method": "GET", "path": path}]}
    made = await seller.good("POST", "/tokens/2021-03-01/restrictedDataToken", body)
    rows = table(await seller.download(path, token=made["restrictedDataToken"]))
    assert rows[0]["recipient-name"]


async def test_foreign_reports_do_not_exist(seller: Seller, other: Seller) -> None:
    await seller.read(await seller.order())
    report = await seller.report(ALL_ORDERS)
    for path in (f"reports/{report['reportId']}", f"documents/{report['reportDocumentId']}"):
        assert (await other.call("GET", f"{REPORTS}/{path}")).status == 404


async def test_an_invoice_waits_for_its_bucket_over_a_kill(directory: Path, aws: Aws) -> None:
    accounts = accounts_file(directory, 1, document_bucket="late-documents")
    data, options = directory / "data", ("--aws-endpoint", aws.url)
    sandbox = await Sandbox.start(data, accounts, *options)
    seller = Seller(sandbox, 0)
    order = await seller.order()
    await seller.confirm(order)
    await seller.operate(order, "invoice")
    await sandbox.stop(hard=True)
    place = {"LocationConstraint": "eu-west-1"}
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="late-documents", CreateBucketConfiguration=place)
    again = await Sandbox.start(data, accounts, *options)
    try:
        seller = Seller(again, 0)

        async def dropped() -> Any:
            return (await seller.ledger())["documents"]

        documents = await eventually(dropped)
        keys = {each["Key"] for each in s3.list_objects_v2(Bucket="late-documents")["Contents"]}
        assert keys == {each["key"] for each in documents}
        assert len(keys) == 2
    finally:
        await again.stop()


async def test_invoices_appear_in_the_bucket(seller: Seller, aws: Aws) -> None:
    s3 = aws.client("s3")
    if "documents" not in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
        place = {"LocationConstraint": "eu-west-1"}
        s3.create_bucket(Bucket="documents", CreateBucketConfiguration=place)
    order = await seller.order(lines=[{"sku": "SKU-1", "quantity": 3, "discount": "1.00"}])
    await seller.confirm(order)
    for _ in range(3):
        await seller.operate(order, "invoice")

    async def dropped() -> Any:
        found = (await seller.ledger())["documents"]
        return found if len(found) == 6 else None

    documents = await eventually(dropped)
    assert any("فاتورة" in each["key"] for each in documents)
    for each in documents:
        body = s3.get_object(Bucket="documents", Key=each["key"])["Body"].read()
        assert hashlib.sha256(body).hexdigest() == each["sha256"]
        if each["kind"] == "invoice_pdf":
            assert body.startswith(b"%PDF-")
            continue
        root = ElementTree.fromstring(body)  # noqa: S314 - our own
        amounts = {
            e.tag.removeprefix(UBL): Decimal(e.text or "") for e in root.iter() if "Amount" in e.tag
        }
        assert amounts["TaxInclusiveAmount"] == Decimal("344.00") == Decimal(each["sum"])
        assert amounts["TaxExclusiveAmount"] + Decimal(each["vat"]) == Decimal("344.00")
