"""What really happened, kept from the generator's plan and never from the API's rendering."""

import json
from decimal import Decimal
from typing import Any

from sandbox.engine.database import Database
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.model import Line, Package, Unit
from sandbox.trendyol.statuses import DELIVERED, FINAL, RETURNED

ORDER = "ledger"
WRITE = "write"


class Ledger:
    """Orders with exact money and history, and the sellers' writes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._orders: dict[tuple[str, str], dict[str, Any]] = {}
        self._writes: dict[str, dict[str, Any]] = {}
        for key, body in database.all(ORDER):
            seller, number = key.split("/", 1)
            self._orders[seller, number] = json.loads(body)
        for key, body in database.all(WRITE):
            self._writes[key] = json.loads(body)

    def placed(self, package: Package) -> None:
        """Writes down a new order, or a further package of one."""
        order = self._orders.setdefault(
            (package.seller, package.order_number),
            {
                "orderNumber": package.order_number,
                "placedAt": package.ordered_at,
                "currency": package.currency,
                "plan": package.plan,
                "lines": [],
                "packages": {},
                "successorsDue": 0,
                "claimsDue": 0,
                "cancelledAmount": "0",
            },
        )
        order["lines"] += [_planned(line) for line in package.lines]
        self.appeared(package, "customer")

    def appeared(self, package: Package, by: str) -> None:
        """Writes down a package that came to be, with its history so far."""
        order = self._orders[package.seller, package.order_number]
        order["packages"][str(package.package_id)] = {
            "status": package.status,
            "createdBy": package.created_by,
            "originPackageIds": package.origin_package_ids,
            "lines": [
                {"lineId": line.line_id, "barcode": line.barcode, "quantity": line.quantity}
                for line in package.lines
            ],
            "history": [
                {"status": step.status, "at": step.at, "by": by} for step in package.history
            ],
        }
        self._save(package)

    def moved(self, package: Package, by: str) -> None:
        """Writes down a package's new status."""
        order = self._orders[package.seller, package.order_number]
        record = order["packages"][str(package.package_id)]
        record["status"] = package.status
        record["history"].append({"status": package.status, "at": package.history[-1].at, "by": by})
        self._save(package)

    def cancelled(self, package: Package, line: Line, units: list[Unit]) -> None:
        """Writes down that units of a line will not be delivered."""
        order = self._orders[package.seller, package.order_number]
        order["lines"][line.plan_line]["cancelledQuantity"] += len(units)
        lost = sum((_price(line.unit_gross, unit) for unit in units), Decimal(0))
        order["cancelledAmount"] = str(Decimal(order["cancelledAmount"]) + lost)
        self._save(package)

    def returned(self, package: Package, line: Line, count: int) -> None:
        """Writes down that units of a delivered line came back and were accepted."""
        order = self._orders[package.seller, package.order_number]
        order["lines"][line.plan_line]["returnedQuantity"] += count
        self._save(package)

    def successors_due(self, package: Package, change: int) -> None:
        """Counts packages that are still to follow; an order is not finished before."""
        self._orders[package.seller, package.order_number]["successorsDue"] += change
        self._save(package)

    def claims_due(self, package: Package, change: int) -> None:
        """Counts returns that are to come or not settled; an order is not finished before."""
        self._orders[package.seller, package.order_number]["claimsDue"] += change
        self._save(package)

    def wrote(
        self, seller: str, operation: str, what: str, subject: str, effect: str, order: str = ""
    ) -> None:
        """Counts a seller's write; `effect` is "applied", "repeated" or "refused"."""
        key = f"{seller}/{operation}/{subject}/{what}"
        write = self._writes.setdefault(
            key,
            {
                "operation": operation,
                "what": what,
                "packageId": subject,
                "orderNumber": order,
                "firstAt": now_ms(),
                "applied": 0,
                "repeated": 0,
                "refused": 0,
            },
        )
        write[effect] += 1
        write["lastAt"] = now_ms()
        self._database.put(WRITE, key, json.dumps(write))

    def order(self, seller: str, number: str) -> dict[str, Any] | None:
        """One order's report, or None."""
        order = self._orders.get((seller, number))
        return None if order is None else _report(order)

    def orders(self, seller: str) -> dict[str, dict[str, Any]]:
        """All orders of a seller by order number."""
        return {
            number: _report(order)
            for (owner, number), order in self._orders.items()
            if owner == seller
        }

    def outcomes(self, plan: int | None = None) -> list[str]:
        """The outcome of each order, of one traffic plan or of all plans."""
        return [
            outcome(order)
            for order in self._orders.values()
            if (order["plan"] == plan if plan is not None else order["plan"] is not None)
        ]

    def writes(self, seller: str) -> list[dict[str, Any]]:
        """All writes of a seller."""
        return [write for key, write in self._writes.items() if key.split("/")[0] == seller]

    def _save(self, package: Package) -> None:
        order = self._orders[package.seller, package.order_number]
        self._database.put(ORDER, f"{package.seller}/{package.order_number}", json.dumps(order))


def outcome(order: dict[str, Any]) -> str:
    """How an order stands at the marketplace: open, delivered, returned or cancelled."""
    statuses = {package["status"] for package in order["packages"].values()}
    if order["successorsDue"] or order["claimsDue"] or not statuses <= FINAL:
        return "open"
    if DELIVERED in statuses:
        return "delivered"
    return "returned" if RETURNED in statuses else "cancelled"


def _price(gross: Decimal, unit: Unit) -> Decimal:
    return gross - unit.seller_discount - unit.trendyol_discount


def _planned(line: Line) -> dict[str, Any]:
    prices = [_price(line.unit_gross, unit) for unit in line.units]
    return {
        "lineId": line.line_id,
        "barcode": line.barcode,
        "stockCode": line.stock_code,
        "quantity": len(line.units),
        "cancelledQuantity": 0,
        "returnedQuantity": 0,
        "vatRate": str(line.vat_rate),
        "unitGross": str(line.unit_gross),
        "units": [
            {
                "gross": str(line.unit_gross),
                "sellerDiscount": str(unit.seller_discount),
                "trendyolDiscount": str(unit.trendyol_discount),
                "price": str(price),
            }
            for unit, price in zip(line.units, prices, strict=True)
        ],
        "total": str(sum(prices, Decimal(0))),
    }


def _report(order: dict[str, Any]) -> dict[str, Any]:
    units = [unit for line in order["lines"] for unit in line["units"]]

    def total(field: str) -> Decimal:
        return sum((Decimal(unit[field]) for unit in units), Decimal(0))

    state = outcome(order)
    return order | {
        "gross": str(total("gross")),
        "sellerDiscount": str(total("sellerDiscount")),
        "trendyolDiscount": str(total("trendyolDiscount")),
        "payable": str(total("price")),
        "payableNow": str(total("price") - Decimal(order["cancelledAmount"])),
        "finished": state != "open",
        "outcome": state,
    }
