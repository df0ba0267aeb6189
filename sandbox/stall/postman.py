"""Deliveries to webhooks: kept until they are answered, doubled, reordered and lost by chance."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from functools import partial

import aiohttp
from pydantic import BaseModel

from sandbox.engine.clock import now_ms
from sandbox.engine.database import Database
from sandbox.engine.seeds import picked, rng
from sandbox.stall.hooks import Hook, Hooks
from sandbox.stall.knobs import Knobs

KIND = "delivery"
Sign = Callable[[str, bytes], dict[str, str]]
"""(seller id, body) -> the headers that show where it comes from."""


class Delivery(BaseModel):
    """One body on its way to one webhook. `due` is epoch milliseconds."""

    key: int
    hook: str
    seller: str
    order: str | None
    """None: no event of ours."""
    sequence: int
    body: str
    due: int
    twice: bool = False
    copied: bool = False
    headers: dict[str, str] | None = None
    """Instead of the marketplace's own."""


class Postman:
    """Sends what is due, each delivery in a task of its own."""

    def __init__(self, database: Database, hooks: Hooks, knobs: Knobs, sign: Sign) -> None:
        self._database = database
        self._hooks = hooks
        self._knobs = knobs
        self._sign = sign
        self._waiting: dict[int, Delivery] = {
            int(key): Delivery.model_validate_json(body) for key, body in database.all(KIND)
        }
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._answered: dict[tuple[str, str | None], int] = defaultdict(int)
        """The latest event that each webhook has taken, of all orders (None) and of each."""
        self._wake = asyncio.Event()

    def announce(self, seller: str, order: str, body: str) -> None:
        """An event for every webhook of the seller."""
        for hook in self._hooks.of_seller(seller):
            if hook.status == "PASSIVE":
                self._hooks.count(seller, "lostPassive")
                continue
            hook.events += 1
            self._hooks.save(hook)
            self._hooks.count(seller, "events")
            self._announce_to(hook, order, body)

    def _announce_to(self, hook: Hook, order: str, body: str) -> None:
        knobs, number = self._knobs, hook.events

        def chosen(what: str, share: float) -> bool:
            return picked(knobs.seed, f"{hook.seller}/{what}", number, share)

        if chosen("lost", knobs.hook_lost_share):
            self._hooks.count(hook.seller, "lost")
            return
        held = chosen("reorder", knobs.hook_reorder_share)
        pause = rng(knobs.seed, hook.seller, number).uniform(*knobs.hook_hold_s) if held else 0.0
        twice = chosen("twice", knobs.hook_duplicate_share)
        self._add(hook, order, number, body, pause, twice=twice)

    def raw(self, hook: Hook, body: str, headers: dict[str, str] | None) -> None:
        """A body that is no event of ours."""
        self._add(hook, None, 0, body, 0.0, headers=headers)

    def pending(self, hook: Hook) -> int:
        """How many deliveries are still on their way."""
        return sum(1 for each in self._waiting.values() if each.hook == hook.id)

    def passivate(self, hook: Hook) -> None:
        """Switches a webhook off, and loses what is on its way to it."""
        hook.status = "PASSIVE"
        self._hooks.save(hook)
        self._hooks.count(hook.seller, "passivations")
        for delivery in [each for each in self._waiting.values() if each.hook == hook.id]:
            self._forget(delivery)
            self._hooks.count(hook.seller, "lostPassive")

    async def run(self) -> None:
        """Sends for ever."""
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
        ) as session:
            while True:
                self._wake.clear()
                self._send_due(session)
                rest = [d.due for key, d in self._waiting.items() if key not in self._under_way]
                pause = max((min(rest) - now_ms()) / 1000, 0.0) if rest else None
                try:
                    await asyncio.wait_for(self._wake.wait(), pause)
                except TimeoutError:
                    continue

    def _send_due(self, session: aiohttp.ClientSession) -> None:
        now = now_ms()
        due = [d for key, d in self._waiting.items() if d.due <= now and key not in self._under_way]
        for delivery in sorted(due, key=lambda each: each.due):
            task = asyncio.create_task(self._deliver(session, delivery))
            self._under_way[delivery.key] = task
            task.add_done_callback(partial(self._landed, delivery.key))

    def _landed(self, key: int, _task: asyncio.Task[None]) -> None:
        del self._under_way[key]
        self._wake.set()

    async def _deliver(self, session: aiohttp.ClientSession, delivery: Delivery) -> None:
        hook = self._hooks.get(delivery.hook)
        if hook is None or hook.status == "PASSIVE":
            self._forget(delivery)
            return
        self._hooks.count(hook.seller, "sent")
        good = await self._post(session, hook, delivery)
        if delivery.key not in self._waiting:
            return
        if good:
            self._taken(hook, delivery)
        else:
            self._refused(hook, delivery)
        self._database.commit()

    async def _post(self, session: aiohttp.ClientSession, hook: Hook, delivery: Delivery) -> bool:
        body = delivery.body.encode()
        own = self._sign(hook.seller, body) if delivery.headers is None else delivery.headers
        timeout = aiohttp.ClientTimeout(total=self._knobs.hook_timeout_s)
        headers = {"Content-Type": "application/json", **own}
        try:
            async with session.post(
                hook.url, data=body, headers=headers, allow_redirects=False, timeout=timeout
            ) as answer:
                return 200 <= answer.status < 300
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    def _taken(self, hook: Hook, delivery: Delivery) -> None:
        self._forget(delivery)
        hook.failures = 0
        self._hooks.save(hook)
        if delivery.copied:
            self._hooks.count(hook.seller, "duplicated")
            return
        self._hooks.count(hook.seller, "delivered")
        if delivery.order is not None:
            self._note_order(hook, delivery)
        if delivery.twice:
            pause = rng(self._knobs.seed, "twice", delivery.key).uniform(0.05, 1.0)
            self._put(
                delivery.model_copy(
                    update={
                        "key": self._database.next("delivery"),
                        "due": now_ms() + round(pause * 1000),
                        "copied": True,
                    }
                )
            )

    def _note_order(self, hook: Hook, delivery: Delivery) -> None:
        for order, what in ((None, "reordered"), (delivery.order, "reorderedSamePackage")):
            if delivery.sequence < self._answered[hook.id, order]:
                self._hooks.count(hook.seller, what)
            newest = max(self._answered[hook.id, order], delivery.sequence)
            self._answered[hook.id, order] = newest

    def _refused(self, hook: Hook, delivery: Delivery) -> None:
        self._hooks.count(hook.seller, "failed")
        hook.failures += 1
        self._hooks.save(hook)
        if hook.failures >= self._knobs.hook_failures_to_passive:
            self.passivate(hook)
            return
        pause = self._knobs.scaled(self._knobs.hook_retry_s)
        self._put(delivery.model_copy(update={"due": now_ms() + round(pause * 1000)}))

    def _add(
        self,
        hook: Hook,
        order: str | None,
        sequence: int,
        body: str,
        pause: float,
        *,
        twice: bool = False,
        headers: dict[str, str] | None = None,
    ) -> None:
        self._put(
            Delivery(
                key=self._database.next("delivery"),
                hook=hook.id,
                seller=hook.seller,
                order=order,
                sequence=sequence,
                body=body,
                due=now_ms() + round(pause * 1000),
                twice=twice,
                headers=headers,
            )
        )

    def _put(self, delivery: Delivery) -> None:
        self._waiting[delivery.key] = delivery
        self._database.put(KIND, str(delivery.key), delivery.model_dump_json())
        self._wake.set()

    def _forget(self, delivery: Delivery) -> None:
        self._waiting.pop(delivery.key, None)
        self._database.drop(KIND, str(delivery.key))
