"""Counts of API calls per seller, operation and status, and in which windows they came."""

import json
from collections import defaultdict
from typing import Any

from sandbox.engine.database import Database

KIND = "calls"
BIN_KIND = "callbin"
BIN_MS = 10_000


class Meter:
    """What callers asked for, in figures that a judge can compare with the quotas."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._calls: dict[tuple[str, str], dict[str, Any]] = {}
        self._bins: dict[tuple[str, str], dict[int, dict[str, int]]] = defaultdict(dict)
        for key, body in database.all(KIND):
            seller, operation = key.split("/")
            self._calls[seller, operation] = json.loads(body)
        for key, body in database.all(BIN_KIND):
            seller, operation, start = key.split("/")
            self._bins[seller, operation][int(start)] = json.loads(body)

    def count(self, seller: str, operation: str, outcome: str, at: int) -> None:
        """Counts one call; `outcome` is the HTTP status, "cut" or "timeout"."""
        throttled, refused = outcome == "429", outcome in ("400", "404", "409")
        calls = self._calls.setdefault(
            (seller, operation),
            {"calls": 0, "statuses": {}, "throttled": 0, "refused": 0, "firstAt": at, "lastAt": at},
        )
        calls["calls"] += 1
        calls["statuses"][outcome] = calls["statuses"].get(outcome, 0) + 1
        calls["throttled"] += throttled
        calls["refused"] += refused
        calls["lastAt"] = at
        self._database.put(KIND, f"{seller}/{operation}", json.dumps(calls))
        start = at - at % BIN_MS
        bins = self._bins[seller, operation]
        window = bins.setdefault(
            start, {"start": start, "first": at, "last": at, "calls": 0, "throttled": 0}
        )
        window["last"] = at
        window["calls"] += 1
        window["throttled"] += throttled
        self._database.put(BIN_KIND, f"{seller}/{operation}/{start}", json.dumps(window))

    def report(self, seller: str) -> dict[str, Any]:
        """Calls by operation, with windows of 10 and 60 s aligned to the epoch."""
        return {
            operation: {**calls, "windows": self._windows(owner, operation)}
            for (owner, operation), calls in sorted(self._calls.items())
            if owner == seller
        }

    def _windows(self, seller: str, operation: str) -> dict[str, list[dict[str, int]]]:
        tens = [window for _, window in sorted(self._bins[seller, operation].items())]
        minutes: dict[int, dict[str, int]] = {}
        for window in tens:
            start = window["start"] - window["start"] % 60_000
            minute = minutes.setdefault(
                start, {**window, "start": start, "calls": 0, "throttled": 0}
            )
            minute["last"] = window["last"]
            minute["calls"] += window["calls"]
            minute["throttled"] += window["throttled"]
        return {"10": tens, "60": list(minutes.values())}
