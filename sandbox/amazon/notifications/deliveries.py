"""Notifications on their way: late, twice, out of order, or never; durable until they are sent."""

import asyncio
import heapq
import json
import uuid
from collections import Counter, defaultdict
from typing import Any

import structlog
from pydantic import BaseModel

from sandbox.amazon.knobs import Knobs
from sandbox.amazon.market import MARKETPLACE_ID
from sandbox.amazon.notifications.kinds import ORDER_CHANGE, envelope
from sandbox.amazon.notifications.queues import Closed, NotYet, Queues
from sandbox.amazon.notifications.subscriptions import Subscription, Subscriptions
from sandbox.engine.clock import now_ms
from sandbox.engine.database import Database
from sandbox.engine.seeds import picked, rng

DELIVERY = "delivery"
COUNTS = "notifications"
AT_ONCE = 8
SWAP_S = 1.0
"""How long an event is held back so that the next one overtakes it."""
AGAIN_MS = 500
MAX_TRIES = 40
log = structlog.get_logger()


class Delivery(BaseModel):
    """One copy of one event, for one queue."""

    id: int
    seller: str
    type: str
    arn: str
    event: int
    copy_of: bool = False
    subject: str
    due: int
    happened_at: int
    payload: dict[str, Any] | None = None
    raw: str | None = None
    ids: dict[str, str] = {}
    tries: int = 0


class Deliveries:
    """Decides what becomes of each event, sends what is due, and counts."""

    def __init__(
        self, database: Database, knobs: Knobs, subscriptions: Subscriptions, endpoint: str
    ) -> None:
        self._database = database
        self._knobs = knobs
        self._subscriptions = subscriptions
        self._queues = Queues(endpoint)
        self._wake = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._heap: list[tuple[int, int, Delivery]] = []
        self._last: dict[str, int] = defaultdict(lambda: -1)
        self._last_of: dict[tuple[str, str], int] = defaultdict(lambda: -1)
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.silent = False
        """While it is set, nobody is told of anything."""
        self.next_modes: dict[str, list[str]] = defaultdict(list)
        """What becomes of a seller's next events: lost, twice, swapped."""
        for key, body in database.all(COUNTS):
            self.counts[key] = Counter(json.loads(body))
        for _, body in database.all(DELIVERY):
            self._push(Delivery.model_validate_json(body))

    def announce(
        self,
        seller: str,
        notification_type: str,
        subject: str,
        payload: dict[str, Any],
        happened_at: int,
        change_type: str = "",
    ) -> None:
        """Tells every subscription of a seller of a fact.

        Args:
            seller: Whose fact it is.
            notification_type: A key of KINDS.
            subject: What it is about, to tell reordering of one thing from that of all.
            payload: In the type's own casing.
            happened_at: When it came about.
            change_type: Of an order's change, for event filters.
        """
        if self.silent:
            return
        for subscription in self._subscriptions.of_seller(seller, notification_type):
            if subscription.wants(change_type, MARKETPLACE_ID):
                self._plan(subscription, subject, payload, happened_at)
        self._wake.set()

    def raw(self, seller: str, arn: str, body: str) -> None:
        """Puts a body on a queue as it stands."""
        self._push(self._new(seller=seller, type="raw", arn=arn, subject="raw", raw=body, event=0))
        self._wake.set()

    def pending(self, seller: str) -> int:
        """Deliveries of a seller that have not been sent yet."""
        waiting = sum(each.seller == seller for _, _, each in self._heap)
        return waiting + self.counts[seller]["in_flight"]

    async def run(self) -> None:
        """Sends what is due, for ever."""
        while True:
            self._wake.clear()
            while self._heap and self._heap[0][0] <= now_ms() and len(self._sending) < AT_ONCE:
                _, _, delivery = heapq.heappop(self._heap)
                self.counts[delivery.seller]["in_flight"] += 1
                task = asyncio.create_task(self._send(delivery))
                self._sending.add(task)
                task.add_done_callback(self._sent)
            full = len(self._sending) >= AT_ONCE
            due = None if full or not self._heap else (self._heap[0][0] - now_ms()) / 1000
            try:
                await asyncio.wait_for(self._wake.wait(), due)
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """Waits for what is being sent."""
        await asyncio.gather(*self._sending, return_exceptions=True)

    def _plan(
        self, subscription: Subscription, subject: str, payload: dict[str, Any], happened_at: int
    ) -> None:
        knobs, seller = self._knobs, subscription.seller
        arn = self._subscriptions.arn(subscription)
        event = self._database.next(f"event/{seller}", start=0)
        self._count(seller, "events")
        modes = self.next_modes[seller]
        mode = modes.pop(0) if modes else ""
        by_chance = picked(knobs.seed, f"{seller}/lost", event, knobs.notification_lost_share)
        if mode == "lost" or by_chance:
            self._count(seller, "lost")
            return
        chance = rng(knobs.seed, seller, "event", event)
        delay = knobs.scaled(chance.uniform(*knobs.notification_delay_s))
        early = picked(knobs.seed, f"{seller}/early", event, knobs.notification_early_share)
        if subscription.type == ORDER_CHANGE and not early:
            delay += knobs.scaled(knobs.visibility_lag_s)
        if picked(knobs.seed, f"{seller}/held", event, knobs.notification_reorder_share):
            delay += chance.uniform(*knobs.notification_hold_s)
        if mode == "swapped":
            delay += SWAP_S
        ids = {
            "applicationId": subscription.application,
            "subscriptionId": subscription.subscription_id,
            "notificationId": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        }
        facts: dict[str, Any] = {
            "seller": seller,
            "type": subscription.type,
            "arn": arn,
            "event": event,
            "subject": subject,
            "payload": payload,
            "happened_at": happened_at,
        }
        self._push(self._new(**facts, ids=ids, due=now_ms() + round(delay * 1000)))
        copies = chance.randint(1, knobs.notification_copies)
        if not picked(knobs.seed, f"{seller}/twice", event, knobs.notification_duplicate_share):
            copies = 0
        if mode == "twice" or copies:
            for place in range(copies or 1):
                later = delay + chance.uniform(0, knobs.notification_hold_s[1])
                other = str(uuid.UUID(int=chance.getrandbits(128), version=4))
                # Every other copy is a new message about the same fact.
                copied = ids | ({"notificationId": other} if place % 2 else {})
                due = now_ms() + round(later * 1000)
                self._push(self._new(**facts, ids=copied, due=due, copy_of=True))

    def _new(self, **facts: Any) -> Delivery:
        given = {"due": now_ms(), "happened_at": now_ms(), **facts}
        return Delivery(id=self._database.next("delivery"), **given)

    def _push(self, delivery: Delivery) -> None:
        self._database.put(DELIVERY, str(delivery.id), delivery.model_dump_json())
        heapq.heappush(self._heap, (delivery.due, delivery.id, delivery))

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            log.error("delivery_failed", error=str(task.exception()))

    async def _send(self, delivery: Delivery) -> None:
        seller = delivery.seller
        body = delivery.raw
        if body is None:
            whole = envelope(
                delivery.type,
                delivery.payload or {},
                delivery.happened_at,
                delivery.ids,
                now_ms(),
            )
            body = json.dumps(whole, ensure_ascii=False)
        self._count(seller, "sent")
        try:
            await asyncio.to_thread(
                self._queues.send, delivery.arn, body, self._knobs.check_queue_policy
            )
        except Closed as closed:
            self._count(seller, "undeliverable")
            log.warning("notification_undeliverable", seller=seller, why=str(closed))
        except NotYet as trouble:
            self._try_again(delivery, str(trouble))
            return
        else:
            self._arrived(delivery)
        self.counts[seller]["in_flight"] -= 1
        self._database.drop(DELIVERY, str(delivery.id))
        self._database.commit()

    def _try_again(self, delivery: Delivery, why: str) -> None:
        self.counts[delivery.seller]["in_flight"] -= 1
        self._count(delivery.seller, "failed")
        delivery.tries += 1
        if delivery.tries >= MAX_TRIES:
            self._count(delivery.seller, "undeliverable")
            log.warning("notification_given_up", seller=delivery.seller, why=why)
            self._database.drop(DELIVERY, str(delivery.id))
        else:
            delivery.due = now_ms() + AGAIN_MS * min(delivery.tries, 10)
            self._push(delivery)
        self._database.commit()

    def _arrived(self, delivery: Delivery) -> None:
        seller, event = delivery.seller, delivery.event
        if delivery.copy_of:
            self._count(seller, "duplicated")
            return
        self._count(seller, "delivered")
        if event < self._last[seller]:
            self._count(seller, "reordered")
        if event < self._last_of[seller, delivery.subject]:
            self._count(seller, "reorderedSameSubject")
        self._last[seller] = max(self._last[seller], event)
        key = (seller, delivery.subject)
        self._last_of[key] = max(self._last_of[key], event)

    def _count(self, seller: str, what: str) -> None:
        self.counts[seller][what] += 1
        kept = {name: n for name, n in self.counts[seller].items() if name != "in_flight"}
        self._database.put(COUNTS, seller, json.dumps(kept))
