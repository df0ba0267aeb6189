"""UBL 2.1 invoices and credit notes as Saudi e-invoicing uses them: header, lines, VAT, proved.

Source: OASIS UBL 2.1; the rules by which totals add up are EN 16931's (BR-CO-10 to BR-CO-16), on
which the Saudi standard is built. There are two `TaxTotal`s: one with subtotals, and one in the
currency of the tax. Buyers are read into no row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import BinaryIO

from canonical.documents.faults import Reason, UnreadableError
from canonical.documents.head import Content, DocumentHead, Reading
from canonical.documents.numbers import DECIMALS, by_point
from canonical.documents.rows import InvoiceLine, InvoiceRow, InvoiceTax
from canonical.documents.xmltree import Element, parsed
from canonical.identity import bounded

NAMESPACES = {
    "Invoice": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    "CreditNote": "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
}
CENT = Decimal("0.01")
"""What roundings may amount to, of one total."""
FINE = 8
"""Decimals of quantities and unit prices."""
RIYADH = timezone(timedelta(hours=3))
"""ASSUMED: times without a zone are Saudi Arabia's."""
TEXT_LIMIT = 300


def read(file: BinaryIO) -> Reading:
    """Reads an invoice and proves its totals.

    Raises:
        UnreadableError: It is none, lacks something, or does not add up; naming the line.
    """
    root = parsed(file)
    if NAMESPACES.get(root.name) != root.namespace:
        what = f"the XML is no UBL invoice: its root is {root.name[:40]}"
        raise UnreadableError(Reason.UNKNOWN_KIND, what, root.line)
    header = _header(root)
    lines = tuple(_line(at, element) for at, element in enumerate(_lines(root), 1))
    taxes = tuple(_tax(at, element) for at, element in enumerate(_subtotals(root), 1))
    _prove(root, header, lines, taxes)
    head = DocumentHead(
        content=Content.INVOICE,
        number=bounded(header.uuid or header.invoice_number),
        currency=header.currency,
        period_from=header.issued_at,
        period_to=header.issued_at,
        total=header.payable,
        encoding="xml",
        number_format="point",
    )
    tables = ((InvoiceRow, iter([header])), (InvoiceLine, iter(lines)), (InvoiceTax, iter(taxes)))
    return Reading(head, tables)


def _header(root: Element) -> InvoiceRow:
    totals = _needed(root, "LegalMonetaryTotal")
    code = root.first("InvoiceTypeCode") or root.first("CreditNoteTypeCode")
    party = "AccountingSupplierParty/Party"
    inclusive = _amount(totals, "TaxInclusiveAmount")
    return InvoiceRow(
        line=root.line,
        invoice_number=_words(_needed(root, "ID")),
        uuid=bounded(root.words("UUID"), TEXT_LIMIT),
        type_code=bounded(code.text.strip() if code else "", TEXT_LIMIT),
        type_name=bounded(code.attributes.get("name", "") if code else "", TEXT_LIMIT),
        issued_at=_issued_at(root),
        order_id=bounded(root.words("OrderReference/ID"), TEXT_LIMIT),
        seller_name=bounded(root.words(f"{party}/PartyLegalEntity/RegistrationName"), TEXT_LIMIT),
        seller_vat_number=bounded(root.words(f"{party}/PartyTaxScheme/CompanyID"), TEXT_LIMIT),
        currency=_currency(root),
        line_total=_amount(totals, "LineExtensionAmount"),
        allowances=_amount(totals, "AllowanceTotalAmount", absent=Decimal(0)),
        charges=_amount(totals, "ChargeTotalAmount", absent=Decimal(0)),
        tax_exclusive=_amount(totals, "TaxExclusiveAmount"),
        vat=_vat(root),
        tax_inclusive=inclusive,
        prepaid=_amount(totals, "PrepaidAmount", absent=Decimal(0)),
        rounding=_amount(totals, "PayableRoundingAmount", absent=Decimal(0)),
        payable=_amount(totals, "PayableAmount"),
    )


def _lines(root: Element) -> Iterator[Element]:
    yield from root.all("InvoiceLine")
    yield from root.all("CreditNoteLine")


def _line(place: int, element: Element) -> InvoiceLine:
    quantity = element.first("InvoicedQuantity") or element.first("CreditedQuantity")
    if quantity is None:
        raise UnreadableError(Reason.XML, "the invoice's line has no quantity", element.line)
    category = element.first("Item/ClassifiedTaxCategory")
    return InvoiceLine(
        place=place,
        line=element.line,
        line_id=_words(_needed(element, "ID")),
        sku=bounded(element.words("Item/SellersItemIdentification/ID"), TEXT_LIMIT),
        name=bounded(element.words("Item/Name"), TEXT_LIMIT),
        quantity=_number(quantity, FINE),
        unit=bounded(quantity.attributes.get("unitCode", ""), TEXT_LIMIT),
        unit_price=_maybe(element, "Price/PriceAmount", FINE),
        net=_amount(element, "LineExtensionAmount"),
        vat=_maybe(element, "TaxTotal/TaxAmount"),
        vat_category=bounded(category.words("ID") if category else "", TEXT_LIMIT),
        vat_rate=_maybe(category, "Percent") if category else None,
    )


def _subtotals(root: Element) -> Iterator[Element]:
    return root.all("TaxTotal/TaxSubtotal")


def _tax(place: int, element: Element) -> InvoiceTax:
    return InvoiceTax(
        place=place,
        line=element.line,
        category=bounded(element.words("TaxCategory/ID"), TEXT_LIMIT),
        rate=_maybe(element, "TaxCategory/Percent"),
        taxable=_amount(element, "TaxableAmount"),
        tax=_amount(element, "TaxAmount"),
    )


def _vat(root: Element) -> Decimal:
    """The total in the invoice's own currency: the one with subtotals, where there are two."""
    totals = list(root.all("TaxTotal"))
    chosen = next((t for t in totals if t.first("TaxSubtotal")), totals[0] if totals else None)
    if chosen is None:
        raise UnreadableError(Reason.XML, "the invoice has no TaxTotal", root.line)
    return _amount(chosen, "TaxAmount")


@dataclass(frozen=True)
class _Sum:
    """One rule: `parts` make `whole`, which stands in line `line`."""

    what: str
    parts: Decimal
    whole: Decimal
    line: int
    allowed: Decimal = Decimal(0)

    def prove(self) -> None:
        if abs(self.parts - self.whole) > self.allowed:
            what = f"{self.what}: {self.parts} instead of {self.whole}"
            raise UnreadableError(Reason.TOTAL, what, self.line)


def _prove(
    root: Element,
    header: InvoiceRow,
    lines: tuple[InvoiceLine, ...],
    taxes: tuple[InvoiceTax, ...],
) -> None:
    totals = _needed(root, "LegalMonetaryTotal")
    at = totals.line
    if not lines:
        raise UnreadableError(Reason.TOTAL, "the invoice has no line", root.line)
    net = sum((line.net for line in lines), Decimal(0))
    exclusive = header.line_total - header.allowances + header.charges
    payable = header.tax_inclusive - header.prepaid + header.rounding
    sums = [
        _Sum("the lines do not add up to LineExtensionAmount", net, header.line_total, at),
        _Sum("TaxExclusiveAmount is not its parts", exclusive, header.tax_exclusive, at),
        _Sum(
            "VAT and the amount without it do not make TaxInclusiveAmount",
            header.tax_exclusive + header.vat,
            header.tax_inclusive,
            at,
        ),
        _Sum("PayableAmount is not its parts", payable, header.payable, at),
    ]
    if taxes:
        vat = sum((tax.tax for tax in taxes), Decimal(0))
        sums.append(_Sum("the VAT by rates does not add up", vat, header.vat, taxes[0].line))
    for tax in taxes:
        if tax.rate is not None:
            due = tax.taxable * tax.rate / 100
            # Each line's VAT is rounded by itself.
            allowed = CENT * max(1, len(lines))
            sums.append(_Sum(f"VAT of {tax.rate} %", due, tax.tax, tax.line, allowed))
    for each in sums:
        each.prove()


def _issued_at(root: Element) -> datetime:
    day, clock = _needed(root, "IssueDate"), root.words("IssueTime") or "00:00:00"
    try:
        issued = datetime.fromisoformat(f"{day.text.strip()}T{clock}")
        if issued.tzinfo is None:
            issued = issued.replace(tzinfo=RIYADH)
        return issued.astimezone(UTC)
    except (ValueError, OverflowError):
        what = "IssueDate and IssueTime are no time"
        raise UnreadableError(Reason.DATES, what, day.line) from None


def _currency(root: Element) -> str:
    element = _needed(root, "DocumentCurrencyCode")
    code = element.text.strip()
    if not (len(code) == 3 and code.isascii() and code.isupper()):
        raise UnreadableError(Reason.XML, "DocumentCurrencyCode is no currency", element.line)
    return code


def _needed(element: Element, path: str) -> Element:
    found = element.first(path)
    if found is None:
        what = f"{element.name} has no {path}"
        raise UnreadableError(Reason.XML, what, element.line)
    return found


def _words(element: Element) -> str:
    text = element.text.strip()
    if not text:
        raise UnreadableError(Reason.XML, f"{element.name} is blank", element.line)
    return bounded(text, TEXT_LIMIT)


def _amount(element: Element, path: str, absent: Decimal | None = None) -> Decimal:
    found = element.first(path)
    if found is None and absent is not None:
        return absent
    return _number(_needed(element, path))


def _maybe(element: Element, path: str, decimals: int = DECIMALS) -> Decimal | None:
    found = element.first(path)
    return None if found is None else _number(found, decimals)


def _number(element: Element, decimals: int = DECIMALS) -> Decimal:
    """A number of XML Schema: a decimal point, no groups."""
    text = element.text.strip()
    number = None if any(c in text for c in ", \u00a0") else by_point(text, decimals)
    if number is None:
        what = f"{element.name} is {text[:40]!r}, which is no number"
        raise UnreadableError(Reason.NUMBERS, what, element.line)
    return number
