"""Stock and price batches: taken in at once, worked off later, readable for four hours."""

import hashlib
import re
import time
import uuid
from collections import defaultdict, deque
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from sandbox.engine.database import Database
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.knobs import Knobs
from sandbox.trendyol.offers import Offer, Offers

KIND = "batch"
BARCODE = re.compile(r"^[A-Za-z0-9._-]{1,40}$")
MAX_QUANTITY = 20_000

PROCESSING = "PROCESSING"
SUCCESS = "SUCCESS"
FAILED = "FAILED"
REPEATED = "15 dakika boyunca aynı isteği tekrarlı olarak atamazsınız!"


class Item(BaseModel):
    """One row of a batch; what is None was not asked for. PROCESSING is an ASSUMED word."""

    barcode: str
    quantity: int | Decimal | None = None
    sale_price: Decimal | None = None
    list_price: Decimal | None = None
    status: str = PROCESSING
    reasons: list[str] = []

    @property
    def has_price(self) -> bool:
        """Whether the row changes a price."""
        return self.sale_price is not None or self.list_price is not None


class Batch(BaseModel):
    """A batch of up to 1000 rows."""

    id: str
    seller: str
    created_at: int
    modified_at: int
    items: list[Item]


class Batches:
    """Batches by id, the repeat rule, and the limit per barcode."""

    def __init__(self, database: Database, offers: Offers, knobs: Knobs) -> None:
        self._database = database
        self._offers = offers
        self._knobs = knobs
        self._batches: dict[str, Batch] = {}
        self._sent: dict[tuple[str, str], float] = {}
        self._writes: dict[tuple[str, str], deque[float]] = defaultdict(deque)
        for key, body in database.all(KIND):
            self._batches[key] = Batch.model_validate_json(body)

    def repeated(self, seller: str, body: str) -> bool:
        """Whether the same body came within the repeat time; notes it if not."""
        now = time.monotonic()
        life = self._knobs.scaled(self._knobs.repeat_rule_s)
        self._sent = {key: at for key, at in self._sent.items() if now - at < life}
        key = (seller, hashlib.sha256(body.encode()).hexdigest())
        if key in self._sent:
            return True
        self._sent[key] = now
        return False

    def submit(self, seller: str, items: list[Item], known: bool, repeated: bool) -> Batch:
        """Takes a batch in and fails at once what cannot become anything.

        Args:
            seller: Whose batch it is.
            items: Its rows.
            known: False on a storefront where the seller has no products.
            repeated: Whether the repeat rule fails all rows.
        """
        now = now_ms()
        seen: set[str] = set()
        for item in items:
            if repeated:
                _fail(item, REPEATED)
            elif item.barcode in seen:
                _fail(item, "Barcode occurs more than once in the request")
            elif not known:
                _fail(item, "Product not found")
            elif item.has_price and self._too_often(seller, item.barcode):
                _fail(item, "Price update limit per minute exceeded for this barcode")
            seen.add(item.barcode)
        expiry = (now + round(self._knobs.scaled(self._knobs.batch_life_s) * 1000)) // 1000
        number = self._database.next("batch")
        batch_id = f"{uuid.uuid5(uuid.NAMESPACE_OID, f'{seller}/{number}')}-{expiry}"
        batch = Batch(id=batch_id, seller=seller, created_at=now, modified_at=now, items=items)
        self._save(batch)
        return batch

    def work_off(self, batch_id: str) -> None:
        """Puts every row in force that is sound; the batch worked off last wins."""
        batch = self._batches[batch_id]
        for item in batch.items:
            if item.status == PROCESSING:
                self._work_off(batch, item)
        batch.modified_at = now_ms()
        self._save(batch)

    def expire(self, batch_id: str) -> None:
        """Forgets a batch."""
        self._batches.pop(batch_id, None)
        self._database.drop(KIND, batch_id)

    def get(self, seller: str, batch_id: str) -> Batch | None:
        """The batch, if it is the seller's and has not expired."""
        batch = self._batches.get(batch_id)
        return batch if batch is not None and batch.seller == seller else None

    def _work_off(self, batch: Batch, item: Item) -> None:
        offer = self._offers.get(batch.seller, item.barcode)
        reason = _fault(item, offer)
        if reason is not None or offer is None:
            _fail(item, reason or "Product not found")
            return
        item.status = SUCCESS
        quantity = None if item.quantity is None else int(item.quantity)
        self._offers.change(offer, batch.id, quantity, item.sale_price, item.list_price)

    def _too_often(self, seller: str, barcode: str) -> bool:
        now, writes = time.monotonic(), self._writes[seller, barcode]
        while writes and writes[0] <= now - 60:
            writes.popleft()
        if len(writes) >= self._knobs.barcode_writes_per_minute:
            return True
        writes.append(now)
        return False

    def _save(self, batch: Batch) -> None:
        self._batches[batch.id] = batch
        self._database.put(KIND, batch.id, batch.model_dump_json())


def _fail(item: Item, reason: str) -> None:
    item.status, item.reasons = FAILED, [reason]


def _fault(item: Item, offer: Offer | None) -> str | None:
    """Why a row cannot be put in force, or None."""
    if not BARCODE.match(item.barcode):
        return "Barcode is not valid"
    if offer is None:
        return "Product not found"
    if item.quantity is not None and (
        item.quantity != int(item.quantity) or not 0 <= item.quantity <= MAX_QUANTITY
    ):
        return f"Quantity must be between 0 and {MAX_QUANTITY}"
    sale = offer.sale_price if item.sale_price is None else item.sale_price
    full = offer.list_price if item.list_price is None else item.list_price
    if item.has_price and (sale <= 0 or full < sale):
        return "List price must not be lower than sale price"
    return None


def batch_wire(batch: Batch) -> dict[str, Any]:
    """The result as the API shows it: stock and price batches have no status of their own."""
    asked_at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(batch.created_at / 1000))
    stamp = f"{asked_at}.{batch.created_at % 1000:03d}+00:00"
    return {
        "batchRequestId": batch.id,
        "items": [
            {
                "requestItem": {"updateRequestDate": stamp, **_asked(item)},
                "status": item.status,
                "failureReasons": item.reasons,
            }
            for item in batch.items
        ],
        "creationDate": batch.created_at,
        "lastModification": batch.modified_at,
        "sourceType": "API",
        "itemCount": len(batch.items),
        "failedItemCount": sum(item.status == FAILED for item in batch.items),
        "batchRequestType": "ProductInventoryUpdate",
    }


def _asked(item: Item) -> dict[str, Any]:
    fields = {
        "barcode": item.barcode,
        "quantity": item.quantity,
        "salePrice": item.sale_price,
        "listPrice": item.list_price,
    }
    return {name: value for name, value in fields.items() if value is not None}
