"""A small case by hand: five orders at two sellers whose numbers collide, all sides agreeing.

- riyadh/1: two lines with discounts, delivered; one kettle came back and was accepted, another
  return of the other line was rejected.
- riyadh/2: three units, one cancelled; the package died and a successor with a new line id
  brought the other two.
- riyadh/3: cancelled by the customer, after the ERP had heard of it.
- jeddah/1: same order, package and line numbers as riyadh/1, another content.
- jeddah/2: its payment failed before anybody was told.
"""

import copy
from typing import Any

NAMES = {"900123": "riyadh", "900124": "jeddah"}

PLACED = 1795509011123
"""2026-11-24 08:30:11.123 UTC."""


def _line(line_id: int, sku: str, units: list[tuple[str, str, str, str]], **more: int) -> Any:
    names = ("gross", "sellerDiscount", "trendyolDiscount", "price")
    return {
        "lineId": line_id,
        "barcode": sku,
        "stockCode": f"S-{sku}",
        "quantity": len(units),
        "cancelledQuantity": more.get("cancelled", 0),
        "returnedQuantity": more.get("returned", 0),
        "vatRate": "15",
        "unitGross": units[0][0],
        "units": [dict(zip(names, unit, strict=True)) for unit in units],
    }


def _package(lines: list[tuple[int, str, int]], *history: str) -> Any:
    return {
        "status": history[-1],
        "createdBy": "order-creation",
        "originPackageIds": None,
        "lines": [{"lineId": i, "barcode": sku, "quantity": n} for i, sku, n in lines],
        "history": [{"status": s, "at": PLACED + k, "by": "x"} for k, s in enumerate(history)],
    }


def _order(number: str, payable: str, outcome: str, lines: list[Any], packages: Any) -> Any:
    return {
        "orderNumber": number,
        "placedAt": PLACED,
        "currency": "SAR",
        "payable": payable,
        "lines": lines,
        "packages": packages,
        "finished": True,
        "outcome": outcome,
    }


def _claim(claim_id: str, line_id: int, status: str) -> Any:
    item = {"id": f"{claim_id}-unit", "lineId": line_id, "status": status}
    return {"id": claim_id, "orderNumber": "1", "packageId": 31, "items": [item]}


def _writes(order: str, package: str) -> list[Any]:
    return [
        {
            "operation": "package.status",
            "what": f"status:{status}",
            "packageId": package,
            "orderNumber": order,
            "applied": 1,
            "repeated": 0,
            "refused": 0,
        }
        for status in ("Picking", "Invoiced")
    ]


HAPPY = ("Awaiting", "Created", "Picking", "Invoiced", "Shipped", "Delivered")
HOOK_WRITE = {
    "operation": "hooks.create",
    "what": "create",
    "packageId": "h1",
    "orderNumber": "",
    "applied": 2,
}
KETTLES = [("74.75", "5.00", "0", "69.75"), ("74.75", "5.00", "0", "69.75")]

_LEDGER: dict[str, Any] = {
    "accounts": {
        "900123": {
            "orders": {
                "1": _order(
                    "1",
                    "149.49",
                    "delivered",
                    [
                        _line(11, "A", KETTLES, returned=1),
                        _line(12, "B", [("10.00", "0", "0.01", "9.99")]),
                    ],
                    {"31": _package([(11, "A", 2), (12, "B", 1)], *HAPPY)},
                ),
                "2": _order(
                    "2",
                    "60.00",
                    "delivered",
                    [_line(21, "A", [("20.00", "0", "0", "20.00")] * 3, cancelled=1)],
                    {
                        "32": _package([(21, "A", 3)], "Created", "Cancelled"),
                        "33": _package([(29, "A", 2)], *HAPPY[1:]) | {"originPackageIds": [32]},
                    },
                ),
                "3": _order(
                    "3",
                    "5.00",
                    "cancelled",
                    [_line(31, "A", [("5.00", "0", "0", "5.00")], cancelled=1)],
                    {"34": _package([(31, "A", 1)], "Created", "Cancelled")},
                ),
            },
            "claims": [_claim("r-1", 11, "Accepted"), _claim("r-2", 12, "Rejected")],
            "writes": [*_writes("1", "31"), *_writes("2", "33"), HOOK_WRITE],
            "hooks": {"events": 14, "sent": 16, "delivered": 15, "failed": 1},
            "calls": {
                "orders.stream": {"calls": 8, "statuses": {"200": 7, "429": 1}, "throttled": 1},
                "package.status": {"calls": 101, "statuses": {"200": 101}, "throttled": 0},
            },
        },
        "900124": {
            "orders": {
                "1": _order(
                    "1",
                    "7.00",
                    "delivered",
                    [_line(11, "C", [("7.00", "0", "0", "7.00")])],
                    {"31": _package([(11, "C", 1)], *HAPPY)},
                ),
                "2": _order(
                    "2",
                    "7.00",
                    "cancelled",
                    [_line(12, "C", [("7.00", "0", "0", "7.00")], cancelled=1)],
                    {"32": _package([(12, "C", 1)], "Awaiting", "Cancelled")},
                ),
            },
            "writes": _writes("1", "31"),
            "hooks": {"events": 8, "sent": 8, "delivered": 8, "failed": 0},
            "calls": {},
        },
    },
    "quotas": {"*": [[50, 10]], "orders.page": [[30, 60]]},
}


def ledger() -> dict[str, Any]:
    """The ledger, to be spoilt at will."""
    return copy.deepcopy(_LEDGER)


def _told(account: str, order: str, state: str, money: tuple[str, str, str, str]) -> Any:
    kinds = ["received", "cancelled" if state == "cancelled" else "released"]
    gross, discount, payable, vat = money
    invoice = None if state == "cancelled" else f"INV2026-{account}-{order}"
    ship = {"kind": "ship", "state": "sent", "body": {"invoice_number": invoice}}
    return {
        "channel": "trendyol",
        "account": account,
        "order_id": order,
        "state": state,
        "currency": "SAR",
        "gross": gross,
        "discount": discount,
        "payable": payable,
        "vat": vat,
        "invoice_number": invoice,
        "duplicates": 0,
        "events": [
            {"event_id": f"{account}/{order}/{kind}", "kind": f"order.{kind}", "return_id": ""}
            for kind in kinds
        ],
        "returns": [],
        "commands": [ship] if invoice else [],
    }


def _booked(*lines: tuple[str, int, int, int, int]) -> dict[str, Any]:
    """Line id, ordered, cancelled, shipped, returned; the ordered units were reserved once."""
    names = ("line_id", "ordered", "cancelled", "shipped", "returned")
    rows = [dict(zip(names, line, strict=True)) | {"item_id": "I-1"} for line in lines]
    return {"lines": rows, "reservations": [{line[0]: line[1] for line in lines}]}


def _come_back(entry: dict[str, Any], return_id: str, state: str) -> None:
    """Tells an entry of a return from its request to its end."""
    entry["returns"].append({"return_id": return_id, "state": state, "units": 1})
    entry["events"] += [
        {"event_id": f"{return_id}/{kind}", "kind": f"order.{kind}", "return_id": return_id}
        for kind in ("return_requested", "return_closed")
    ]


_BOOK: dict[str, Any] = {
    "orders": [
        _told("riyadh", "1", "delivered", ("159.50", "10.01", "149.49", "19.50"))
        | _booked(("11", 2, 0, 2, 1), ("12", 1, 0, 1, 0))
        | {"duplicates": 2},
        _told("riyadh", "2", "delivered", ("60.00", "0", "60.00", "7.83"))
        | _booked(("21", 3, 1, 2, 0)),
        _told("riyadh", "3", "cancelled", ("5.00", "0", "5.00", "0.65"))
        | _booked(("31", 1, 1, 0, 0)),
        _told("jeddah", "1", "delivered", ("7.00", "0", "7.00", "0.91"))
        | _booked(("11", 1, 0, 1, 0)),
    ]
}
_come_back(_BOOK["orders"][0], "r-1", "accepted")
_come_back(_BOOK["orders"][0], "r-2", "rejected")


def book() -> dict[str, Any]:
    """The ERP's book, to be spoilt at will."""
    return copy.deepcopy(_BOOK)


TABLES = """
CREATE TABLE orders (id bigint, channel text, account text, order_id text, state text,
    currency text, prices_include_tax boolean, placed_at timestamptz, gross numeric(18,4),
    discount numeric(18,4), payable numeric(18,4), vat numeric(18,4), attention text);
CREATE TABLE order_lines (order_pk bigint, line_id text, channel_sku text, ordered int,
    cancelled int, shipped int, unit_price numeric(18,4), line_gross numeric(18,4),
    discount_seller numeric(18,4), discount_marketplace numeric(18,4),
    line_payable numeric(18,4), tax_rate numeric(9,4), vat numeric(18,4),
    returned int DEFAULT 0, item_id text DEFAULT 'I-1');
CREATE TABLE parcels (order_pk bigint, parcel_id text, state text, invoice_number text,
    origin_parcel_ids text);
CREATE TABLE returns (order_pk bigint, return_id text, state text, units int, items text);
CREATE TABLE parcel_lines (order_pk bigint, parcel_id text, line_id text, quantity int);

INSERT INTO orders SELECT v.id, 'trendyol', v.account, v.order_id, v.state, 'SAR', true,
    '2026-11-24 08:30:11.123+00', v.gross, v.discount, v.payable, v.vat, NULL
FROM (VALUES
    (1, 'riyadh', '1', 'delivered', 159.50, 10.01, 149.49, 19.50),
    (2, 'riyadh', '2', 'delivered', 60, 0, 60, 7.83),
    (3, 'riyadh', '3', 'cancelled', 5, 0, 5, 0.65),
    (4, 'jeddah', '1', 'delivered', 7, 0, 7, 0.91),
    (5, 'jeddah', '2', 'cancelled', 7, 0, 7, 0.91)
) AS v (id, account, order_id, state, gross, discount, payable, vat);
INSERT INTO orders (id, channel, account, order_id, state, attention)
VALUES (90, 'toy', 'riyadh', '1', 'new', 'stock');

INSERT INTO order_lines VALUES
    (1, '11', 'A', 2, 0, 2, 74.75, 149.50, 10, 0, 139.50, 15, 18.20),
    (1, '12', 'B', 1, 0, 1, 10, 10, 0, 0.01, 9.99, 15, 1.30),
    (2, '21', 'A', 3, 1, 2, 20, 60, 0, 0, 60, 15, 7.83),
    (3, '31', 'A', 1, 1, 0, 5, 5, 0, 0, 5, 15, 0.65),
    (4, '11', 'C', 1, 0, 1, 7, 7, 0, 0, 7, 15, 0.91),
    (5, '12', 'C', 1, 1, 0, 7, 7, 0, 0, 7, 15, 0.91);
INSERT INTO parcels VALUES
    (1, '31', 'delivered', 'INV2026-riyadh-1'),
    (2, '32', 'cancelled', ''),
    (2, '33', 'delivered', 'INV2026-riyadh-2'),
    (3, '34', 'cancelled', ''),
    (4, '31', 'delivered', 'INV2026-jeddah-1'),
    (5, '32', 'cancelled', '');
UPDATE order_lines SET returned = 1 WHERE order_pk = 1 AND line_id = '11';
UPDATE parcels SET origin_parcel_ids = '["32"]' WHERE parcel_id = '33';
INSERT INTO returns VALUES
    (1, 'r-1', 'accepted', 1, '[{"item_id": "r-1-unit", "state": "accepted"}]'),
    (1, 'r-2', 'rejected', 1, '[{"item_id": "r-2-unit", "state": "rejected"}]');
INSERT INTO parcel_lines VALUES
    (1, '31', '11', 2), (1, '31', '12', 1), (2, '32', '21', 3), (2, '33', '29', 2),
    (3, '34', '31', 1), (4, '31', '11', 1), (5, '32', '12', 1);
"""
