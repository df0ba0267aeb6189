"""Rows of documents, as plain tuples: a million of them pass through one process.

Fields stand in the order of their table's columns; `line` is where the row stood in its file.
Texts are empty and numbers None where the file says nothing: absent is not zero.
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class SettlementRow(NamedTuple):
    """One amount of a settlement, in the settlement's currency."""

    line: int
    transaction_type: str
    order_id: str
    merchant_order_id: str
    adjustment_id: str
    shipment_id: str
    marketplace: str
    amount_type: str
    amount_description: str
    amount: Decimal
    fulfilled_by: str
    posted_at: datetime | None
    order_item_id: str
    sku: str
    quantity: int | None
    promotion_id: str


class OrderReportRow(NamedTuple):
    """One item of an order as a report of orders shows it; prices are of the whole line."""

    line: int
    order_id: str
    merchant_order_id: str
    placed_at: datetime | None
    changed_at: datetime | None
    order_status: str
    fulfilled_by: str
    marketplace: str
    sku: str
    asin: str
    item_status: str
    quantity: int | None
    currency: str
    item_price: Decimal | None
    item_tax: Decimal | None
    shipping_price: Decimal | None
    shipping_tax: Decimal | None
    gift_wrap_price: Decimal | None
    gift_wrap_tax: Decimal | None
    item_discount: Decimal | None
    shipping_discount: Decimal | None


class ShipmentRow(NamedTuple):
    """Units of one order item that left a marketplace's warehouse."""

    line: int
    order_id: str
    shipment_id: str
    shipment_item_id: str
    order_item_id: str
    placed_at: datetime | None
    shipped_at: datetime | None
    sku: str
    quantity: int | None
    currency: str
    item_price: Decimal | None
    item_tax: Decimal | None
    shipping_price: Decimal | None
    shipping_tax: Decimal | None
    item_discount: Decimal | None
    shipping_discount: Decimal | None
    carrier: str
    tracking_number: str
    warehouse: str


class ReturnRow(NamedTuple):
    """Units that came back to a marketplace's warehouse."""

    line: int
    returned_at: datetime | None
    order_id: str
    sku: str
    asin: str
    warehouse_sku: str
    quantity: int | None
    warehouse: str
    disposition: str
    reason: str
    status: str
    plate: str


class InvoiceRow(NamedTuple):
    """An invoice's header and its totals; `vat` is in the invoice's currency.

    `line` is where its root element stands.
    """

    line: int
    invoice_number: str
    uuid: str
    type_code: str
    type_name: str
    issued_at: datetime
    order_id: str
    seller_name: str
    seller_vat_number: str
    currency: str
    line_total: Decimal
    allowances: Decimal
    charges: Decimal
    tax_exclusive: Decimal
    vat: Decimal
    tax_inclusive: Decimal
    prepaid: Decimal
    rounding: Decimal
    payable: Decimal


class InvoiceLine(NamedTuple):
    """One line of an invoice, by its place; `net` is without VAT."""

    place: int
    line: int
    line_id: str
    sku: str
    name: str
    quantity: Decimal
    unit: str
    unit_price: Decimal | None
    net: Decimal
    vat: Decimal | None
    vat_category: str
    vat_rate: Decimal | None


class InvoiceTax(NamedTuple):
    """The VAT of one category and rate, by its place."""

    place: int
    line: int
    category: str
    rate: Decimal | None
    taxable: Decimal
    tax: Decimal
