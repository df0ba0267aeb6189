"""Money between marketplace and sellers: sales, returns, payment orders, deductions."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import BaseModel

from sandbox.engine.database import Database
from sandbox.trendyol import money
from sandbox.trendyol.clock import DAY_MS, now_ms
from sandbox.trendyol.model import Line, Package

KIND = "book"
COMMISSION_RATE = Decimal(13)
PAYMENT_DAYS = 30
CARGO_FEE = Decimal("15.00")

SETTLEMENTS = ("Sale", "Return")
OTHERS = ("PaymentOrder", "DeductionInvoices", "CreditNote", "CommissionInvoice")
LOCAL_NAMES = {
    "tr": {"Sale": "Satış", "Return": "İade", "PaymentOrder": "Ödeme Emri"},
    "ar": {"Sale": "بيع", "Return": "إرجاع", "PaymentOrder": "أمر دفع"},
}


class Row(BaseModel):
    """One line of the books; amounts in the storefront's currency."""

    id: str
    seller: str
    kind: str
    at: int
    currency: str
    debt: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    commission: Decimal = Decimal(0)
    barcode: str | None = None
    order_number: str | None = None
    package_id: int | None = None
    payment_order_id: int | None = None
    description: str = ""

    @property
    def revenue(self) -> Decimal:
        """What is left to the seller."""
        sign = 1 if self.credit else -1
        return self.credit - self.debt - sign * self.commission


class Books:
    """All rows; a sale is booked once, when its package is delivered."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = [Row.model_validate_json(body) for _, body in database.all(KIND)]
        self._sold = {(row.seller, row.package_id) for row in self._rows if row.kind == "Sale"}

    def sold(self, package: Package) -> None:
        """Books a delivered package, a row per line."""
        if (package.seller, package.package_id) in self._sold:
            return
        self._sold.add((package.seller, package.package_id))
        for line in package.lines:
            total = money.line_total(line)
            self._book(package, line, "Sale", credit=total, commission=_commission(total))

    def returned(self, package: Package, line: Line, unit: int) -> None:
        """Books one unit that came back."""
        price = money.unit_price(line, line.units[min(unit, line.quantity - 1)])
        self._book(package, line, "Return", debt=price, commission=_commission(price))

    def pay(self, seller: str) -> Row | None:
        """Makes a payment order of all unpaid rows, and the deductions that go with it."""
        unpaid = [
            row
            for row in self._rows
            if row.seller == seller and row.kind in SETTLEMENTS and row.payment_order_id is None
        ]
        if not unpaid:
            return None
        order_id = self._database.next(f"{seller}/payment", 41_000_001)
        currency = unpaid[0].currency
        for row in unpaid:
            row.payment_order_id = order_id
            self._save(row)
        packages = {row.package_id for row in unpaid if row.kind == "Sale"}
        cargo, commission = CARGO_FEE * len(packages), _total(unpaid, "commission")
        self._add(seller, currency, "DeductionInvoices", cargo, order_id, "Kargo Fatura")
        self._add(seller, currency, "CommissionInvoice", commission, order_id, "Komisyon Faturası")
        paid = _total(unpaid, "revenue") - cargo
        row = self._row(seller, currency, "PaymentOrder", credit=paid, payment_order_id=order_id)
        self._save(row, new=True)
        return row

    def rows(self, seller: str, kind: str, start: int, end: int) -> list[Row]:
        """A seller's rows of one kind in [start, end] ms, oldest first."""
        return [
            row
            for row in self._rows
            if row.seller == seller and row.kind == kind and start <= row.at <= end
        ]

    def cargo_items(self, seller: str, serial: str) -> list[dict[str, Any]] | None:
        """The packages that a cargo invoice is for, or None if there is no such invoice."""
        invoice = next(
            (row for row in self._rows if row.seller == seller and row.id == serial), None
        )
        if invoice is None or invoice.kind != "DeductionInvoices":
            return None
        sales = {
            row.package_id: row
            for row in self._rows
            if row.seller == seller
            and row.kind == "Sale"
            and row.payment_order_id == invoice.payment_order_id
        }
        return [
            {
                "shipmentPackageType": "Gönderi Kargo Bedeli",
                "parcelUniqueId": package_id,
                "orderNumber": row.order_number,
                "amount": CARGO_FEE,
                "desi": 1,
            }
            for package_id, row in sales.items()
        ]

    def report(self, seller: str) -> list[dict[str, Any]]:
        """All rows of a seller, money as text, for the ledger."""
        mine = [row for row in self._rows if row.seller == seller]
        return [row.model_dump(mode="json") for row in mine]

    def _book(self, package: Package, line: Line, kind: str, **amounts: Decimal) -> None:
        row = self._row(
            package.seller,
            package.currency,
            kind,
            barcode=line.barcode,
            order_number=package.order_number,
            package_id=package.package_id,
            **amounts,
        )
        self._save(row, new=True)

    def _add(
        self, seller: str, currency: str, kind: str, debt: Decimal, order_id: int, text: str
    ) -> None:
        row = self._row(
            seller, currency, kind, debt=debt, payment_order_id=order_id, description=text
        )
        self._save(row, new=True)

    def _row(self, seller: str, currency: str, kind: str, **fields: Any) -> Row:
        number = self._database.next(f"{seller}/book", 725_041_001)
        return Row(
            id=str(number), seller=seller, kind=kind, at=now_ms(), currency=currency, **fields
        )

    def _save(self, row: Row, new: bool = False) -> None:
        if new:
            self._rows.append(row)
        self._database.put(KIND, f"{row.seller}/{row.id}", row.model_dump_json())


def row_wire(row: Row, language: str) -> dict[str, Any]:
    """The row as the API shows it: the type comes back in the caller's language."""
    return {
        "id": row.id,
        "transactionDate": row.at,
        "barcode": row.barcode,
        "transactionType": LOCAL_NAMES.get(language, {}).get(row.kind, row.kind),
        "description": row.description,
        "debt": row.debt,
        "credit": row.credit,
        "paymentPeriod": PAYMENT_DAYS,
        "commissionRate": COMMISSION_RATE,
        "commissionAmount": row.commission,
        "sellerRevenue": row.revenue,
        "orderNumber": row.order_number,
        "shipmentPackageId": row.package_id,
        "paymentOrderId": row.payment_order_id,
        "paymentDate": row.at + PAYMENT_DAYS * DAY_MS,
        "sellerId": int(row.seller),
        "currency": row.currency,
    }


def _commission(amount: Decimal) -> Decimal:
    return (amount * COMMISSION_RATE / 100).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)


def _total(rows: list[Row], field: str) -> Decimal:
    return sum((getattr(row, field) for row in rows), Decimal(0))
