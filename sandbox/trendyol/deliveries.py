"""What is on its way to webhooks: the durable queue and what chance does to it."""

import heapq
import json
from collections import Counter, defaultdict

from pydantic import BaseModel

from sandbox.engine.database import Database
from sandbox.engine.seeds import picked, rng
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.hooks import ACTIVE, PASSIVE, Hook, Hooks
from sandbox.trendyol.knobs import Knobs
from sandbox.trendyol.model import Package
from sandbox.trendyol.render import package_json

KIND = "delivery"
COUNT_KIND = "hookcount"


class Delivery(BaseModel):
    """One body on its way to one hook. `due` is epoch milliseconds."""

    key: int
    hook_id: str
    seller: str
    package_id: int | None
    sequence: int
    body: str
    due: int
    attempts: int = 0
    held: bool = False
    twice: bool = False
    copied: bool = False
    credentials: str = "right"
    content_type: str = "application/json"


class Deliveries:
    """Queues by hook, ordered by when each delivery is due."""

    def __init__(self, database: Database, hooks: Hooks, knobs: Knobs) -> None:
        self._database = database
        self._hooks = hooks
        self._knobs = knobs
        self._queues: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._waiting: dict[str, dict[int, Delivery]] = defaultdict(dict)
        self._held: dict[tuple[str, int | None], list[Delivery]] = defaultdict(list)
        self._newest: dict[tuple[str, int | None], int] = defaultdict(int)
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        for _, body in database.all(KIND):
            self._queue(Delivery.model_validate_json(body))
        for seller, body in database.all(COUNT_KIND):
            self.counts[seller] = Counter(json.loads(body))

    def announce(self, package: Package) -> None:
        """Queues the package's present state for every hook that wants it."""
        for hook in self._hooks.of_seller(package.seller):
            if hook.wants(package.status, package.storefront):
                self._announce_to(hook, package)

    def _announce_to(self, hook: Hook, package: Package) -> None:
        knobs = self._knobs
        if hook.status == PASSIVE:
            self.count(hook, "lostPassive")
            return
        number = hook.events
        hook.events += 1
        self._hooks.save(hook)
        self.count(hook, "events")

        def chosen(what: str, share: float) -> bool:
            return picked(knobs.seed, f"{hook.seller}/{what}", number, share)

        if chosen("lost", knobs.hook_lost_share):
            self.count(hook, "lost")
            return
        body = package_json(package, knobs.old_field_names)
        if chosen("envelope", knobs.hook_envelope_share):
            body = '{"content":[' + body + "]}"
        held = chosen("reorder", knobs.hook_reorder_share)
        pause = rng(knobs.seed, hook.seller, number).uniform(*knobs.hook_hold_s) if held else 0.0
        self.add(
            Delivery(
                key=self._database.next("delivery"),
                hook_id=hook.id,
                seller=hook.seller,
                package_id=package.package_id,
                sequence=number + 1,
                body=body,
                due=now_ms() + round(pause * 1000),
                held=held,
                twice=chosen("twice", knobs.hook_duplicate_share),
            )
        )

    def raw(self, hook: Hook, body: str, credentials: str, content_type: str) -> None:
        """Queues a body that is no event of ours."""
        self.add(
            Delivery(
                key=self._database.next("delivery"),
                hook_id=hook.id,
                seller=hook.seller,
                package_id=None,
                sequence=0,
                body=body,
                due=now_ms(),
                credentials=credentials,
                content_type=content_type,
            )
        )

    def add(self, delivery: Delivery) -> None:
        """Queues a delivery, or moves one to a new due time."""
        self._database.put(KIND, str(delivery.key), delivery.model_dump_json())
        self._queue(delivery)

    def pop(self, hook_id: str) -> Delivery | None:
        """The next delivery that is due; it stays in the database until it is settled."""
        queue = self._queues[hook_id]
        while queue and queue[0][0] <= now_ms():
            due, key = heapq.heappop(queue)
            delivery = self._waiting[hook_id].get(key)
            if delivery is not None and delivery.due == due:
                delivery.held = False
                return delivery
        return None

    def next_due(self, hook_id: str) -> int | None:
        """When the hook's next delivery is due."""
        queue = self._queues[hook_id]
        return queue[0][0] if queue else None

    def succeeded(self, hook: Hook, delivery: Delivery) -> None:
        """Settles a delivery that was answered well, and lets out what it has overtaken."""
        self._forget(delivery)
        if hook.failures:
            hook.failures = 0
            self._hooks.save(hook)
        if delivery.copied:
            self.count(hook, "duplicated")
            return
        self.count(hook, "delivered")
        self._note_order(hook, delivery)
        if delivery.twice:
            pause = rng(self._knobs.seed, "twice", delivery.key).uniform(0.05, 1.5)
            again = {
                "key": self._database.next("delivery"),
                "due": now_ms() + round(pause * 1000),
                "copied": True,
                "held": False,
                "attempts": 0,
            }
            self.add(delivery.model_copy(update=again))

    def failed(self, hook: Hook, delivery: Delivery) -> None:
        """Counts a bad answer: the delivery is tried again later, or the hook goes PASSIVE."""
        knobs = self._knobs
        self.count(hook, "failed")
        hook.failures += 1
        delivery.attempts += 1
        of_event = knobs.hook_failure_unit == "event"
        failures = delivery.attempts if of_event else hook.failures
        if failures >= knobs.hook_failures_to_passive:
            self.passivate(hook)
            return
        delivery.due = now_ms() + round(knobs.scaled(knobs.hook_retry_s) * 1000)
        self.add(delivery)
        self._hooks.save(hook)

    def passivate(self, hook: Hook) -> None:
        """Switches a hook off, and loses what is on its way to it."""
        hook.status = PASSIVE
        self.count(hook, "passivations")
        self.drop_all(hook)
        self._hooks.save(hook)

    def drop_all(self, hook: Hook) -> None:
        """Loses everything that was queued for a hook."""
        for delivery in list(self._waiting[hook.id].values()):
            self._forget(delivery)
            self.count(hook, "lostPassive")
        self._queues[hook.id].clear()

    def pending(self, hook_id: str) -> int:
        """Deliveries of a hook that are still on their way."""
        return len(self._waiting[hook_id])

    def holds(self, delivery: Delivery) -> bool:
        """Whether the delivery is still wanted."""
        return delivery.key in self._waiting[delivery.hook_id]

    def hooks_with_work(self) -> list[str]:
        """Ids of hooks that have deliveries queued."""
        return [hook_id for hook_id, waiting in self._waiting.items() if waiting]

    def count(self, hook: Hook, what: str) -> None:
        """Counts for the ledger."""
        counts = self.counts[hook.seller]
        counts[what] += 1
        self._database.put(COUNT_KIND, hook.seller, json.dumps(counts))

    def active(self, hook_id: str) -> Hook | None:
        """The hook, if it is there and ACTIVE."""
        hook = self._hooks.get(hook_id)
        return hook if hook is not None and hook.status == ACTIVE else None

    def _queue(self, delivery: Delivery) -> None:
        self._waiting[delivery.hook_id][delivery.key] = delivery
        if delivery.held:
            self._held[delivery.hook_id, delivery.package_id].append(delivery)
        heapq.heappush(self._queues[delivery.hook_id], (delivery.due, delivery.key))

    def _forget(self, delivery: Delivery) -> None:
        self._waiting[delivery.hook_id].pop(delivery.key, None)
        self._database.drop(KIND, str(delivery.key))

    def _note_order(self, hook: Hook, delivery: Delivery) -> None:
        if delivery.package_id is None:
            return
        newest, newest_of_package = (hook.id, None), (hook.id, delivery.package_id)
        if delivery.sequence < self._newest[newest]:
            self.count(hook, "reordered")
        if delivery.sequence < self._newest[newest_of_package]:
            self.count(hook, "reorderedSamePackage")
        self._newest[newest] = max(self._newest[newest], delivery.sequence)
        self._newest[newest_of_package] = max(self._newest[newest_of_package], delivery.sequence)
        for other in self._held.pop(newest_of_package, []):
            if other.held and self.holds(other):
                other.due, other.held = now_ms(), False
                self._queue(other)
