"""Documents behind presigned URLs: what reports are downloaded from and feeds are uploaded to."""

import gzip
import hashlib
import hmac
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from sandbox.amazon.knobs import Knobs
from sandbox.engine.database import Database

KIND = "file"
ROUTE = "/_documents"


class Document(BaseModel):
    """A file that a URL may lead to."""

    id: str
    seller: str
    kind: str
    """A report type, "feed" for what is to be uploaded, or "result"."""
    content_type: str
    gzipped: bool = False
    uploaded: bool = False
    restricted: bool = False


class Documents:
    """Files on disk and their facts; signatures are good for this data directory alone."""

    def __init__(self, database: Database, knobs: Knobs, directory: Path) -> None:
        self._database = database
        self._knobs = knobs
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._key = (database.get(KIND, "key") or uuid.uuid4().hex).encode()
        database.put(KIND, "key", self._key.decode())
        self._documents = {
            key: Document.model_validate_json(body)
            for key, body in database.all(KIND)
            if key != "key"
        }

    def awaiting(self, seller: str, content_type: str) -> Document:
        """A document that a seller is going to upload."""
        return self._add(Document(id=_id(), seller=seller, kind="feed", content_type=content_type))

    def write(
        self,
        seller: str,
        kind: str,
        lines: Iterable[bytes],
        gzipped: bool,
        content_type: str = "text/plain; charset=UTF-8",
        restricted: bool = False,
    ) -> Document:
        """Writes a document that the seller may download."""
        document = Document(
            id=_id(),
            seller=seller,
            kind=kind,
            content_type=content_type,
            gzipped=gzipped,
            uploaded=True,
            restricted=restricted,
        )
        path = self.path(document)
        with gzip.open(path, "wb", 6) if gzipped else path.open("wb") as file:
            for line in lines:
                file.write(line)
        return self._add(document)

    def upload(self, document: Document, body: bytes) -> None:
        """Takes in what was put."""
        self.path(document).write_bytes(body)
        document.uploaded = True
        self._add(document)

    def path(self, document: Document) -> Path:
        """Where its bytes are."""
        return self._directory / document.id.rpartition(".")[2]

    def get(self, document_id: str) -> Document | None:
        """By id, or None."""
        return self._documents.get(document_id)

    def url(self, base: str, document: Document, method: Literal["GET", "PUT"]) -> str:
        """A URL that is good for a while, and for one verb."""
        life = max(self._knobs.scaled(self._knobs.presigned_life_s), self._knobs.presigned_least_s)
        expires = round((time.time() + life) * 1000)
        mark = self._mark(document.id, method, str(expires))
        query = f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires={expires}&X-Amz-Signature={mark}"
        return f"{base}{ROUTE}/{document.id}?{query}"

    def signed(self, document_id: str, method: str, expires: str, mark: str) -> bool:
        """Whether the URL was given out by us for this."""
        return hmac.compare_digest(self._mark(document_id, method, expires), mark)

    def _mark(self, document_id: str, method: str, expires: str) -> str:
        text = f"{method}/{document_id}/{expires}".encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()

    def _add(self, document: Document) -> Document:
        self._documents[document.id] = document
        self._database.put(KIND, document.id, document.model_dump_json())
        return document


def _id() -> str:
    return f"amzn1.tortuga.4.eu.{uuid.uuid4()}"
