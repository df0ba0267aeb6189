"""Feeds, as they stand."""

from typing import Any

from pydantic import BaseModel

from sandbox.amazon.stamps import iso
from sandbox.engine.database import Database

FEED = "feed"
FIRST_FEED = 53_347_018_456

IN_QUEUE = "IN_QUEUE"
IN_PROGRESS = "IN_PROGRESS"
DONE = "DONE"
CANCELLED = "CANCELLED"
FATAL = "FATAL"
FINAL = frozenset({DONE, CANCELLED, FATAL})


class Feed(BaseModel):
    """A feed that a seller has sent."""

    id: str
    seller: str
    type: str
    marketplaces: list[str]
    input_id: str
    options: dict[str, str] = {}
    created_at: int
    status: str = IN_QUEUE
    started_at: int | None = None
    ended_at: int | None = None
    result_id: str = ""
    outcome: dict[str, int] = {}
    """Messages processed, accepted, invalid."""

    def wire(self) -> dict[str, Any]:
        """As the API shows it."""
        shown: dict[str, Any] = {
            "feedId": self.id,
            "feedType": self.type,
            "marketplaceIds": self.marketplaces,
            "createdTime": iso(self.created_at),
            "processingStatus": self.status,
        }
        if self.started_at is not None:
            shown["processingStartTime"] = iso(self.started_at)
        if self.ended_at is not None:
            shown["processingEndTime"] = iso(self.ended_at)
        if self.result_id:
            shown["resultFeedDocumentId"] = self.result_id
        return shown


class Feeds:
    """All feeds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._feeds = {key: Feed.model_validate_json(body) for key, body in database.all(FEED)}

    def new_id(self) -> str:
        """The next feed's id."""
        return str(self._database.next("feed", FIRST_FEED))

    def save(self, feed: Feed) -> None:
        """Writes a feed."""
        self._feeds[feed.id] = feed
        self._database.put(FEED, feed.id, feed.model_dump_json())

    def get(self, seller: str, feed_id: str) -> Feed | None:
        """A seller's feed, or None."""
        found = self._feeds.get(feed_id)
        return found if found is not None and found.seller == seller else None

    def of_seller(self, seller: str) -> list[Feed]:
        """A seller's feeds, newest first."""
        mine = [each for each in self._feeds.values() if each.seller == seller]
        return sorted(mine, key=lambda each: (-each.created_at, each.id))
