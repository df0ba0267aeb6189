"""Things that will happen: durable timers on one task."""

import asyncio
import heapq
import json
from collections.abc import Callable
from typing import Any

import structlog

from sandbox.engine.clock import now_ms
from sandbox.engine.database import Database

KIND = "timer"
Action = Callable[[dict[str, Any]], None]
log = structlog.get_logger()


class Timers:
    """Runs named actions when due; those that were due while the process was away run at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._actions: dict[str, Action] = {}
        self._heap: list[tuple[int, int, str, dict[str, Any]]] = []
        self._wake = asyncio.Event()
        for key, body in database.all(KIND):
            timer = json.loads(body)
            self._heap.append((timer["due"], int(key), timer["action"], timer["details"]))
        heapq.heapify(self._heap)

    def on(self, action: str, run: Action) -> None:
        """Says what runs under a name."""
        self._actions[action] = run

    def after(self, seconds: float, action: str, **details: Any) -> None:
        """Schedules an action."""
        due = now_ms() + round(seconds * 1000)
        key = self._database.next("timer")
        body = json.dumps({"due": due, "action": action, "details": details})
        self._database.put(KIND, str(key), body)
        heapq.heappush(self._heap, (due, key, action, details))
        self._wake.set()

    def waiting(self, action: str) -> list[dict[str, Any]]:
        """Details of the timers of that name that have not run yet."""
        return [details for _, _, name, details in self._heap if name == action]

    async def run(self) -> None:
        """Fires timers for ever."""
        while True:
            self._wake.clear()
            self._fire_due()
            pause = (self._heap[0][0] - now_ms()) / 1000 if self._heap else None
            try:
                await asyncio.wait_for(self._wake.wait(), pause)
            except TimeoutError:
                continue

    def _fire_due(self) -> None:
        while self._heap and self._heap[0][0] <= now_ms():
            _, key, action, details = heapq.heappop(self._heap)
            try:
                self._actions[action](details)
            except Exception:
                # One broken action must not stop all the others; the log shows it.
                log.exception("timer_failed", action=action, details=details)
            self._database.drop(KIND, str(key))
            self._database.commit()
