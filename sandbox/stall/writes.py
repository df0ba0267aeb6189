"""What sellers did to orders through the API, and how often it took effect."""

from typing import Any, Literal

from pydantic import BaseModel

from sandbox.engine.database import Database

KIND = "write"


class Write(BaseModel):
    """One kind of write to one order."""

    seller: str
    order: str
    what: str
    applied: int = 0
    repeated: int = 0
    """Accepted, and changed nothing."""
    refused: int = 0


class Writes:
    """All writes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        found = (Write.model_validate_json(body) for _, body in database.all(KIND))
        self._writes = {(x.seller, x.order, x.what): x for x in found}

    def note(
        self, seller: str, order: str, what: str, how: Literal["applied", "repeated", "refused"]
    ) -> None:
        """Counts one."""
        key = (seller, order, what)
        write = self._writes.setdefault(key, Write(seller=seller, order=order, what=what))
        setattr(write, how, getattr(write, how) + 1)
        self._database.put(KIND, "/".join(key), write.model_dump_json())

    def report(self, seller: str) -> list[dict[str, Any]]:
        """A seller's writes."""
        return [x.model_dump() for x in self._writes.values() if x.seller == seller]
