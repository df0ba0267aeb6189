"""Sends queued deliveries to their hooks, each hook at its own pace."""

import asyncio

import aiohttp
import structlog

from sandbox.engine.database import Database
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.deliveries import Deliveries, Delivery
from sandbox.trendyol.knobs import Knobs

log = structlog.get_logger()


class Postman:
    """One task per hook; several deliveries of a hook may be under way at once."""

    def __init__(self, deliveries: Deliveries, database: Database, knobs: Knobs) -> None:
        self._deliveries = deliveries
        self._database = database
        self._knobs = knobs
        self._rounds: dict[str, asyncio.Task[None]] = {}
        self._wakes: dict[str, asyncio.Event] = {}
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Opens the session and takes up what was left."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
        )
        self.wake()

    async def stop(self) -> None:
        """Stops sending; what is queued stays queued."""
        for task in self._rounds.values():
            task.cancel()
        await asyncio.gather(*self._rounds.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def wake(self) -> None:
        """Looks for work, after something was queued."""
        for hook_id in self._deliveries.hooks_with_work():
            self._wakes.setdefault(hook_id, asyncio.Event()).set()
            task = self._rounds.get(hook_id)
            if task is None or task.done():
                self._rounds[hook_id] = asyncio.create_task(self._round(hook_id))

    async def _round(self, hook_id: str) -> None:
        slots = asyncio.Semaphore(self._knobs.hook_concurrency)
        async with asyncio.TaskGroup() as under_way:
            while self._deliveries.active(hook_id) is not None:
                self._wakes[hook_id].clear()
                await slots.acquire()
                delivery = self._deliveries.pop(hook_id)
                if delivery is not None:
                    under_way.create_task(self._deliver(delivery, slots))
                    continue
                slots.release()
                await self._nap(hook_id)

    async def _nap(self, hook_id: str) -> None:
        due = self._deliveries.next_due(hook_id)
        # Capped: a change of state without a wake must not leave the round asleep.
        pause = 1.0 if due is None else min(max((due - now_ms()) / 1000, 0.001), 1.0)
        try:
            await asyncio.wait_for(self._wakes[hook_id].wait(), pause)
        except TimeoutError:
            return

    async def _deliver(self, delivery: Delivery, slots: asyncio.Semaphore) -> None:
        try:
            hook = self._deliveries.active(delivery.hook_id)
            if hook is None:
                return
            headers = {"Content-Type": delivery.content_type, **hook.headers(delivery.credentials)}
            self._deliveries.count(hook, "sent")
            good = await self._post(hook.url, delivery.body, headers)
            hook = self._deliveries.active(delivery.hook_id)
            if hook is not None and self._deliveries.holds(delivery):
                settle = self._deliveries.succeeded if good else self._deliveries.failed
                settle(hook, delivery)
            self._database.commit()
        finally:
            slots.release()
            # What was just put back or let out may be due before the nap ends.
            self._wakes[delivery.hook_id].set()

    async def _post(self, url: str, body: str, headers: dict[str, str]) -> bool:
        """Whether the answer was 2xx within the time (both ASSUMED)."""
        if self._session is None:
            raise RuntimeError("the postman was asked to deliver before start()")
        try:
            async with self._session.post(
                url,
                data=body.encode(),
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=self._knobs.hook_timeout_s),
            ) as answer:
                return 200 <= answer.status < 300
        except (aiohttp.ClientError, TimeoutError, OSError) as trouble:
            log.debug("hook_failed", reason=type(trouble).__name__)
            return False
