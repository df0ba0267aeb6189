"""What really happened, kept from the orders themselves and never from the API's rendering."""

import json
from decimal import Decimal
from typing import Any

from sandbox.amazon.model import Order
from sandbox.amazon.statuses import CANCELLED, DELIVERED, RETURNED_TO_SELLER, SHIPPED
from sandbox.engine.clock import now_ms
from sandbox.engine.database import Database

ORDER = "ledger"
WRITE = "write"
DOCUMENT = "ledger-document"


class Ledger:
    """Orders with exact money and history, the sellers' writes, and every document."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._orders: dict[tuple[str, str], dict[str, Any]] = {}
        self._writes: dict[str, dict[str, Any]] = {}
        self._documents: dict[str, dict[str, Any]] = {}
        for key, body in database.all(ORDER):
            seller, order_id = key.split("/", 1)
            self._orders[seller, order_id] = json.loads(body)
        for key, body in database.all(WRITE):
            self._writes[key] = json.loads(body)
        for key, body in database.all(DOCUMENT):
            self._documents[key] = json.loads(body)

    def changed(self, order: Order, by: str) -> None:
        """Writes down how an order stands after a change, and whose change it was."""
        key = (order.seller, order.order_id)
        before = self._orders.get(key, {"history": []})
        history = before["history"]
        if not history or history[-1]["status"] != order.status:
            step = {"status": order.status, "at": order.updated_at, "by": by}
            history = [*history, step]
        self._orders[key] = _recorded(order) | {"history": history}
        self._database.put(ORDER, "/".join(key), json.dumps(self._orders[key]))

    def wrote(
        self, seller: str, operation: str, what: str, subject: str, effect: str, order_id: str = ""
    ) -> None:
        """Counts a seller's write; `effect` is "applied", "repeated" or "refused"."""
        key = f"{seller}/{operation}/{order_id}/{subject}/{what}"
        write = self._writes.setdefault(
            key,
            {
                "operation": operation,
                "what": what,
                "subject": subject,
                "orderId": order_id,
                "firstAt": now_ms(),
                "applied": 0,
                "repeated": 0,
                "refused": 0,
            },
        )
        write[effect] += 1
        write["lastAt"] = now_ms()
        self._database.put(WRITE, key, json.dumps(write))

    def document(self, seller: str, document_id: str, facts: dict[str, Any]) -> None:
        """Writes down a document that a seller can fetch, or that lies in the seller's bucket."""
        key = f"{seller}/{document_id}"
        self._documents[key] = {"id": document_id, "at": now_ms(), **facts}
        self._database.put(DOCUMENT, key, json.dumps(self._documents[key]))

    def order(self, seller: str, order_id: str) -> dict[str, Any] | None:
        """One order's report, or None."""
        return self._orders.get((seller, order_id))

    def orders(self, seller: str) -> dict[str, dict[str, Any]]:
        """All orders of a seller by id."""
        return {
            order_id: order for (owner, order_id), order in self._orders.items() if owner == seller
        }

    def outcomes(self, plan: int) -> list[str]:
        """The outcome of each order of a traffic plan."""
        return [each["outcome"] for each in self._orders.values() if each["plan"] == plan]

    def ending_shipped(self, plan: int) -> int:
        """How many finished orders of a plan are shown as shipped for good."""
        return sum(
            each["finished"] and each["status"] == SHIPPED and each["easyShipStatus"] != DELIVERED
            for each in self._orders.values()
            if each["plan"] == plan
        )

    def writes(self, seller: str) -> list[dict[str, Any]]:
        """All writes of a seller."""
        return [write for key, write in self._writes.items() if key.split("/")[0] == seller]

    def documents(self, seller: str) -> list[dict[str, Any]]:
        """All documents of a seller."""
        return [each for key, each in self._documents.items() if key.split("/")[0] == seller]


def outcome(order: Order) -> str:
    """How an order stands at the marketplace: open, delivered, returned or cancelled."""
    if order.status == CANCELLED:
        return "cancelled"
    if order.status != SHIPPED:
        return "open"
    if order.easy_ship:
        return {DELIVERED: "delivered", RETURNED_TO_SELLER: "returned"}.get(
            order.easy_ship_status, "open"
        )
    if order.fate.returned and not any(item.returned for item in order.items):
        return "open"
    back = all(item.returned == item.shipped for item in order.items)
    return "returned" if back else "delivered"


def _recorded(order: Order) -> dict[str, Any]:
    state = outcome(order)
    return {
        "orderId": order.order_id,
        "placedAt": order.purchased_at,
        "updatedAt": order.updated_at,
        "currency": order.currency,
        "channel": order.channel,
        "easyShip": order.easy_ship,
        "easyShipStatus": order.easy_ship_status,
        "scheduled": order.schedule is not None,
        "cod": order.cod,
        "plan": order.plan,
        "status": order.status,
        "lines": [
            {
                "itemId": item.item_id,
                "sku": item.sku,
                "asin": item.asin,
                "quantity": item.quantity,
                "shipped": item.shipped,
                "cancelled": item.cancelled,
                "returned": item.returned,
                "cancelRequested": bool(item.cancel_request),
                "vatRate": str(item.vat_rate),
                "unitPrice": str(item.unit_price),
                "price": str(item.price),
                "shipping": str(item.shipping),
                "codFee": str(item.cod_fee),
                "discount": str(item.discount),
                "total": str(item.total),
                "refunded": str(item.refunded),
            }
            for item in order.items
        ],
        "packages": {
            each.reference: {"items": each.items, "tracking": each.tracking}
            for each in order.packages
        },
        "total": str(sum((item.total for item in order.items), Decimal(0))),
        "totalNow": str(order.total),
        "refunded": str(sum((item.refunded for item in order.items), Decimal(0))),
        "finished": state != "open",
        "outcome": state,
    }
