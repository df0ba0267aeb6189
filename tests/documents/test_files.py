"""Files that come by other hands: their bytes say what they are."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from store.document_results import DocumentState
from store.document_tables import invoice_lines, invoice_taxes, invoices
from tests.documents.settlements import whole
from tests.documents.stage import Stage

CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
TAX = (
    "<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>15.00</cbc:Percent>"
    "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>"
)


@dataclass
class Invoice:
    """A simplified tax invoice of two lines; what a test changes is named."""

    number: str = "INV-2026-000001"
    uuid: str = "3cf5ee18-ee25-44ea-a444-2c37ba7f28be"
    net: str = "110.00"
    vat: str = "16.50"
    gross: str = "126.50"
    head: str = ""

    def xml(self) -> str:
        lines = "".join(
            f"<cac:InvoiceLine><cbc:ID>{at}</cbc:ID>"
            f'<cbc:InvoicedQuantity unitCode="PCE">{quantity}</cbc:InvoicedQuantity>'
            f'<cbc:LineExtensionAmount currencyID="SAR">{net}</cbc:LineExtensionAmount>'
            f'<cac:TaxTotal><cbc:TaxAmount currencyID="SAR">{vat}</cbc:TaxAmount></cac:TaxTotal>'
            f"<cac:Item><cbc:Name>{name}</cbc:Name><cac:SellersItemIdentification>"
            f"<cbc:ID>{sku}</cbc:ID></cac:SellersItemIdentification>"
            "<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>15.00</cbc:Percent>"
            "</cac:ClassifiedTaxCategory></cac:Item>"
            f'<cac:Price><cbc:PriceAmount currencyID="SAR">{unit}</cbc:PriceAmount></cac:Price>'
            "</cac:InvoiceLine>\n"
            for at, quantity, net, vat, name, sku, unit in (
                (1, 2, "100.00", "15.00", "شاي 250 جم", "KSA-TEA-0250", "50"),
                (2, 3, "10.00", "1.50", "كوب", "KSA-MUG-RED", "3.333333"),
            )
        )
        return f"""<?xml version="1.0" encoding="UTF-8"?>
{self.head}<Invoice xmlns="{UBL}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">
<cbc:ProfileID>reporting:1.0</cbc:ProfileID><cbc:ID>{self.number}</cbc:ID>
<cbc:UUID>{self.uuid}</cbc:UUID>
<cbc:IssueDate>2026-11-24</cbc:IssueDate><cbc:IssueTime>12:00:00Z</cbc:IssueTime>
<cbc:InvoiceTypeCode name="0200000">388</cbc:InvoiceTypeCode>
<cbc:DocumentCurrencyCode>SAR</cbc:DocumentCurrencyCode>
<cac:OrderReference><cbc:ID>408-7315926-4482713</cbc:ID></cac:OrderReference>
<cac:AccountingSupplierParty><cac:Party><cac:PartyTaxScheme>
<cbc:CompanyID>310122393500003</cbc:CompanyID></cac:PartyTaxScheme></cac:Party>
</cac:AccountingSupplierParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="SAR">{self.vat}</cbc:TaxAmount></cac:TaxTotal>
<cac:TaxTotal><cbc:TaxAmount currencyID="SAR">{self.vat}</cbc:TaxAmount>
<cac:TaxSubtotal><cbc:TaxableAmount currencyID="SAR">{self.net}</cbc:TaxableAmount>
<cbc:TaxAmount currencyID="SAR">{self.vat}</cbc:TaxAmount>{TAX}</cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal>
<cbc:LineExtensionAmount currencyID="SAR">{self.net}</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="SAR">{self.net}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="SAR">{self.gross}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="SAR">{self.gross}</cbc:PayableAmount></cac:LegalMonetaryTotal>
{lines}</Invoice>
"""


def _put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


async def test_an_invoice_becomes_header_lines_and_vat(stage: Stage, tmp_path: Path) -> None:
    kept = await stage.ended(await stage.file(_put(tmp_path, "فاتورة.xml", Invoice().xml())))
    assert (kept.state, kept.content) == (DocumentState.STORED, "invoice")
    assert (kept.total, kept.row_count) == (Decimal("126.50"), 4)
    (header,) = await stage.rows(invoices, kept)
    assert header.invoice_number == "INV-2026-000001"
    assert header.order_id == "408-7315926-4482713"
    assert (header.tax_exclusive, header.vat) == (Decimal("110.00"), Decimal("16.50"))
    lines = await stage.rows(invoice_lines, kept)
    assert [line.sku for line in lines] == ["KSA-TEA-0250", "KSA-MUG-RED"]
    assert sum(line.net for line in lines) == Decimal("110.00")
    (tax,) = await stage.rows(invoice_taxes, kept)
    assert (tax.rate, tax.tax) == (Decimal("15"), Decimal("16.50"))


async def test_one_invoice_in_two_files_is_stored_once(stage: Stage, tmp_path: Path) -> None:
    first = await stage.ended(await stage.file(_put(tmp_path, "1.xml", Invoice().xml())))
    again = await stage.ended(await stage.file(_put(tmp_path, "2.xml", Invoice().xml() + "\n")))
    assert (again.state, again.same_as) == (DocumentState.REPEATED, first.pk)
    assert await stage.rows(invoices, again) == []
    assert len(stage.bus.documents) == 1


async def test_a_pdf_is_kept_with_its_digest(stage: Stage, tmp_path: Path) -> None:
    import hashlib

    body = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
    kept = await stage.ended(await stage.file(_put(tmp_path, "i.pdf", body)))
    assert (kept.state, kept.content) == (DocumentState.STORED, "pdf")
    assert kept.raw_sha256 == hashlib.sha256(body).hexdigest()


async def test_a_settlement_put_by_hand_is_told_by_its_columns(
    stage: Stage, tmp_path: Path
) -> None:
    kept = await stage.ended(await stage.file(_put(tmp_path, "s.txt", whole(30, "77"))))
    assert (kept.content, kept.number, kept.row_count) == ("settlement", "77", 30)


ENTITY = '<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n'
LAUGHS = '<!DOCTYPE i [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
BAD = {
    "entity": (Invoice(head=ENTITY, number="&x;").xml(), "entities", 2),
    "external type": (Invoice(head='<!DOCTYPE i SYSTEM "http://x.test/e">\n').xml(), "entities", 2),
    "laughs": (Invoice(head=LAUGHS, number="&b;").xml(), "entities", 2),
    "vat off": (Invoice(vat="16.49", gross="126.49", net="110.00").xml(), "stored", None),
    "gross off": (Invoice(gross="126.51").xml(), "total", 16),
    "net off": (Invoice(net="109.00", vat="16.35", gross="125.35").xml(), "total", 16),
    "cut off": (Invoice().xml()[:900], "xml", 12),
    "no number": (Invoice(vat="16,50").xml(), "numbers", 13),
    "other": ("<a/>", "unknown_kind", 1),
    "words": ("Dear Sir or Madam", "unknown_kind", 1),
}


@pytest.mark.parametrize(("xml", "reason", "line"), BAD.values(), ids=BAD)
async def test_a_bad_invoice_is_parked(
    stage: Stage, tmp_path: Path, xml: str, reason: str, line: int | None
) -> None:
    found = await stage.file(_put(tmp_path, "bad.xml", xml))
    if reason == "stored":  # a halala of rounding for each line is a retailer's daily bread
        assert (await stage.ended(found)).state is DocumentState.STORED
        return
    kept = await stage.parked(found)
    assert (kept.reason, kept.line) == (reason, line), kept.detail
    assert await stage.rows(invoices, kept) == []


async def test_a_file_that_is_gone_is_parked_and_comes_when_asked(
    stage: Stage, tmp_path: Path
) -> None:
    found = stage.found("file", "s3://bucket/late.xml")
    await stage.start(found)
    assert (await stage.parked(found)).reason == "refused"
    stage.disk.files["s3://bucket/late.xml"] = _put(tmp_path, "late.xml", Invoice().xml())
    assert await stage.resync(found) == "stored"
    assert (await stage.ended(found)).row_count == 4
