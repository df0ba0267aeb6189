"""Invoices to buyers as Saudi e-invoicing writes them: UBL 2.1, simplified tax invoices.

Element names are those of UBL 2.1; the profile, the invoice type's name code and the tax scheme
are those of the Saudi standard, as far as recalled (ASSUMED).
"""

import base64
import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from xml.sax.saxutils import escape

from sandbox.amazon.market import CURRENCY
from sandbox.amazon.model import Order

CENT = Decimal("0.01")
SELLER_VAT_NUMBER = "310122393500003"
NAMESPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'
    ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
    ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


@dataclass(frozen=True)
class Row:
    """A line of an invoice; money without VAT but for `gross`."""

    name: str
    sku: str
    quantity: int
    net: Decimal
    vat: Decimal
    gross: Decimal
    rate: Decimal


@dataclass(frozen=True)
class Invoice:
    """One invoice and its sums."""

    number: str
    order_id: str
    issued_at: datetime
    buyer: str
    city: str
    rows: tuple[Row, ...]

    @property
    def net(self) -> Decimal:
        """Sum without VAT."""
        return sum((row.net for row in self.rows), Decimal(0))

    @property
    def vat(self) -> Decimal:
        """Sum of VAT."""
        return sum((row.vat for row in self.rows), Decimal(0))

    @property
    def gross(self) -> Decimal:
        """What the buyer pays."""
        return self.net + self.vat


def invoice_of(order: Order, number: str, at: int) -> Invoice:
    """The invoice of what was shipped of an order."""
    rows = []
    for item in (each.of_kept() for each in order.items):
        if not item.quantity:
            continue
        net = (item.total * 100 / (100 + item.vat_rate)).quantize(CENT, ROUND_HALF_UP)
        rows.append(
            Row(
                item.title,
                item.sku,
                item.quantity,
                net,
                item.total - net,
                item.total,
                item.vat_rate,
            )
        )
    return Invoice(
        number=number,
        order_id=order.order_id,
        issued_at=datetime.fromtimestamp(at // 1000, UTC),
        buyer=order.person.name,
        city=order.person.city,
        rows=tuple(rows),
    )


def ubl(invoice: Invoice, seller_name: str) -> bytes:
    """The XML."""
    day, clock = invoice.issued_at.strftime("%Y-%m-%d"), invoice.issued_at.strftime("%H:%M:%S")
    lines = "".join(_line(place, row) for place, row in enumerate(invoice.rows, start=1))
    identity = uuid.uuid5(uuid.NAMESPACE_OID, f"{invoice.number}/{invoice.order_id}")
    qr = _qr(invoice, seller_name)
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice {NAMESPACES}>
  <cbc:ProfileID>reporting:1.0</cbc:ProfileID>
  <cbc:ID>{invoice.number}</cbc:ID>
  <cbc:UUID>{identity}</cbc:UUID>
  <cbc:IssueDate>{day}</cbc:IssueDate>
  <cbc:IssueTime>{clock}</cbc:IssueTime>
  <cbc:InvoiceTypeCode name="0200000">388</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>{CURRENCY}</cbc:DocumentCurrencyCode>
  <cbc:TaxCurrencyCode>{CURRENCY}</cbc:TaxCurrencyCode>
  <cac:OrderReference><cbc:ID>{invoice.order_id}</cbc:ID></cac:OrderReference>
  <cac:AdditionalDocumentReference>
    <cbc:ID>QR</cbc:ID>
    <cac:Attachment>
      <cbc:EmbeddedDocumentBinaryObject mimeCode="text/plain">{qr}\
</cbc:EmbeddedDocumentBinaryObject>
    </cac:Attachment>
  </cac:AdditionalDocumentReference>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PostalAddress><cac:Country><cbc:IdentificationCode>SA</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
    <cac:PartyTaxScheme><cbc:CompanyID>{SELLER_VAT_NUMBER}</cbc:CompanyID>\
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>{escape(seller_name)}</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PostalAddress><cbc:CityName>{escape(invoice.city)}</cbc:CityName>\
<cac:Country><cbc:IdentificationCode>SA</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
    <cac:PartyLegalEntity><cbc:RegistrationName>{escape(invoice.buyer)}</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:TaxTotal>
    <cbc:TaxAmount currencyID="{CURRENCY}">{invoice.vat}</cbc:TaxAmount>
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="{CURRENCY}">{invoice.net}</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="{CURRENCY}">{invoice.vat}</cbc:TaxAmount>
      {_category(invoice.rows[0].rate)}
    </cac:TaxSubtotal>
  </cac:TaxTotal>
  <cac:TaxTotal><cbc:TaxAmount currencyID="{CURRENCY}">{invoice.vat}</cbc:TaxAmount></cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="{CURRENCY}">{invoice.net}</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="{CURRENCY}">{invoice.net}</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="{CURRENCY}">{invoice.gross}</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="{CURRENCY}">{invoice.gross}</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
{lines}</Invoice>
"""
    return text.encode()


def _line(place: int, row: Row) -> str:
    unit = (row.net / row.quantity).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return f"""  <cac:InvoiceLine>
    <cbc:ID>{place}</cbc:ID>
    <cbc:InvoicedQuantity unitCode="PCE">{row.quantity}</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="{CURRENCY}">{row.net}</cbc:LineExtensionAmount>
    <cac:TaxTotal>
      <cbc:TaxAmount currencyID="{CURRENCY}">{row.vat}</cbc:TaxAmount>
      <cbc:RoundingAmount currencyID="{CURRENCY}">{row.gross}</cbc:RoundingAmount>
    </cac:TaxTotal>
    <cac:Item>
      <cbc:Name>{escape(row.name)}</cbc:Name>
      <cac:SellersItemIdentification><cbc:ID>{escape(row.sku)}</cbc:ID></cac:SellersItemIdentification>
      {_category(row.rate, "ClassifiedTaxCategory")}
    </cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="{CURRENCY}">{unit}</cbc:PriceAmount></cac:Price>
  </cac:InvoiceLine>
"""


def _category(rate: Decimal, element: str = "TaxCategory") -> str:
    return (
        f"<cac:{element}><cbc:ID>S</cbc:ID><cbc:Percent>{rate:.2f}</cbc:Percent>"
        f"<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:{element}>"
    )


def _qr(invoice: Invoice, seller_name: str) -> str:
    """Tag, length, value: seller, VAT number, time, total, VAT."""
    values = (
        seller_name,
        SELLER_VAT_NUMBER,
        invoice.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        str(invoice.gross),
        str(invoice.vat),
    )
    fields = b"".join(
        bytes([tag, len(value.encode())]) + value.encode()
        for tag, value in enumerate(values, start=1)
    )
    return base64.b64encode(fields).decode()


def pdf(invoice: Invoice) -> bytes:
    """A small but whole PDF of one page with the invoice's figures."""
    words = [
        f"Simplified tax invoice {invoice.number}",
        f"Order {invoice.order_id}",
        *(f"{row.quantity} x {row.sku}  {row.gross} {CURRENCY}" for row in invoice.rows),
        f"VAT {invoice.vat} {CURRENCY}, total {invoice.gross} {CURRENCY}",
    ]
    shown = "".join(f"({_plain(line)}) Tj T* " for line in words)
    content = f"BT /F1 12 Tf 16 TL 50 780 Td {shown}ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, len(objects) + 1, len(body))
    )


def _plain(text: str) -> str:
    """Latin text, as the built-in fonts have no other."""
    latin = text.encode("latin-1", "replace").decode("latin-1")
    return latin.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def digest(body: bytes) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(body).hexdigest()
