"""Webhooks: one for each seller and URL, whether it is on, and what was told to it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel

from sandbox.engine.database import Database

KIND = "hook"
COUNT_KIND = "hookcount"


class Hook(BaseModel):
    """One webhook."""

    id: str
    seller: str
    url: str
    status: Literal["ACTIVE", "PASSIVE"] = "ACTIVE"
    failures: int = 0
    """Bad answers in a row."""
    events: int = 0


class Hooks:
    """All webhooks, and the counts of each seller's deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hooks = {key: Hook.model_validate_json(body) for key, body in database.all(KIND)}
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        for key, body in database.all(COUNT_KIND):
            seller, _, what = key.partition("/")
            self.counts[seller][what] = int(body)

    def subscribe(self, seller: str, url: str) -> Hook:
        """The seller's webhook to this URL, switched on; made where there is none."""
        hook = next((h for h in self.of_seller(seller) if h.url == url), None)
        if hook is None:
            hook = Hook(id=str(self._database.next("hook")), seller=seller, url=url)
        hook.status, hook.failures = "ACTIVE", 0
        self.save(hook)
        return hook

    def save(self, hook: Hook) -> None:
        """Writes a webhook."""
        self._hooks[hook.id] = hook
        self._database.put(KIND, hook.id, hook.model_dump_json())

    def drop(self, hook: Hook) -> None:
        """Removes a webhook."""
        del self._hooks[hook.id]
        self._database.drop(KIND, hook.id)

    def get(self, hook_id: str) -> Hook | None:
        """One webhook, or None."""
        return self._hooks.get(hook_id)

    def all(self) -> Iterator[Hook]:
        """All webhooks."""
        yield from list(self._hooks.values())

    def of_seller(self, seller: str) -> Iterator[Hook]:
        """A seller's webhooks."""
        yield from (hook for hook in self.all() if hook.seller == seller)

    def count(self, seller: str, what: str, by: int = 1) -> None:
        """Counts for the ledger."""
        self.counts[seller][what] += by
        self._database.put(COUNT_KIND, f"{seller}/{what}", str(self.counts[seller][what]))
