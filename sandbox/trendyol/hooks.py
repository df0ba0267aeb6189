"""Webhook subscriptions of the sellers."""

import hashlib
from base64 import b64encode
from typing import Any, Literal

from pydantic import BaseModel

from sandbox.engine.database import Database
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.statuses import HOOK_NAMES

KIND = "hook"
ACTIVE: Literal["ACTIVE"] = "ACTIVE"
PASSIVE: Literal["PASSIVE"] = "PASSIVE"


class Hook(BaseModel):
    """One subscription; secrets never leave through the API."""

    id: str
    seller: str
    url: str
    authentication: Literal["API_KEY", "BASIC_AUTHENTICATION"]
    api_key: str = ""
    username: str = ""
    password: str = ""
    statuses: list[str] = []
    countries: list[str] = []
    status: Literal["ACTIVE", "PASSIVE"] = ACTIVE
    failures: int = 0
    events: int = 0
    created_at: int
    modified_at: int

    def wants(self, status: str, storefront: str) -> bool:
        """Whether an event belongs to this hook; empty lists mean all, future statuses too."""
        if self.countries and storefront not in self.countries:
            return False
        return not self.statuses or HOOK_NAMES.get(status) in self.statuses

    def headers(self, credentials: str = "right") -> dict[str, str]:
        """The credentials to send: "right", "wrong" or "none"."""
        if credentials == "none":
            return {}
        suffix = "" if credentials == "right" else "-wrong"
        if self.authentication == "API_KEY":
            return {"x-api-key": self.api_key + suffix}
        pair = f"{self.username}:{self.password}{suffix}".encode()
        return {"Authorization": f"Basic {b64encode(pair).decode()}"}

    def listed(self) -> dict[str, Any]:
        """The hook as the list shows it."""
        return {
            "id": self.id,
            "createdDate": self.created_at,
            "lastModifiedDate": self.modified_at,
            "url": self.url,
            "username": self.username or None,
            "authenticationType": self.authentication,
            "status": self.status,
            "subscribedStatuses": self.statuses,
            "countryCodes": self.countries,
        }


class Hooks:
    """All hooks, by seller and id."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hooks: dict[str, Hook] = {}
        for key, body in database.all(KIND):
            self._hooks[key] = Hook.model_validate_json(body)

    def new_id(self) -> str:
        """A fresh id of the documented look."""
        number = self._database.next("hook")
        return hashlib.sha256(f"hook{number}".encode()).hexdigest()[:8]

    def save(self, hook: Hook, modified: bool = False) -> None:
        """Writes a hook, new or changed."""
        if modified:
            hook.modified_at = now_ms()
        self._hooks[hook.id] = hook
        self._database.put(KIND, hook.id, hook.model_dump_json())

    def drop(self, hook: Hook) -> None:
        """Forgets a hook."""
        del self._hooks[hook.id]
        self._database.drop(KIND, hook.id)

    def get(self, hook_id: str) -> Hook | None:
        """The hook of that id, or None."""
        return self._hooks.get(hook_id)

    def of_seller(self, seller: str) -> list[Hook]:
        """A seller's hooks, oldest first."""
        mine = [hook for hook in self._hooks.values() if hook.seller == seller]
        return sorted(mine, key=lambda hook: hook.created_at)

    def all(self) -> list[Hook]:
        """Every hook."""
        return list(self._hooks.values())
