"""Activities of a document's life, and how its workflow is named and asked."""

from pydantic import AwareDatetime, BaseModel, ConfigDict
from temporalio import activity

from activities.signatures import by_body
from canonical.attention import Attention
from canonical.documents.ref import DocumentRef, FoundDocument

DOCUMENT_WORKFLOW = "Document"


class DocumentStart(BaseModel):
    """Start input of a document's workflow."""

    model_config = ConfigDict(frozen=True)

    found: FoundDocument
    correlation_id: str


class DocumentStanding(BaseModel):
    """A document as it is stored; answer of the query `state`."""

    state: str
    """`found`, `fetched`, `stored`, `repeated` or `parked`."""
    reason: str = ""
    line: int | None = None
    detail: str = ""
    content: str = ""
    number: str = ""
    rows: int | None = None
    told: bool = False
    attention: Attention | None = None


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True)

    ref: DocumentRef


class FindDocumentInput(BaseModel):
    """Note that there is a document."""

    model_config = ConfigDict(frozen=True)

    found: FoundDocument
    correlation_id: str


class FetchDocumentInput(_Input):
    """Fetch a document's bytes and keep them, where none are kept."""

    made_at: AwareDatetime


class ReadDocumentInput(_Input):
    """Read the bytes that are kept into rows, in a process of its own."""


class PublishDocumentInput(_Input):
    """Tell the internal systems of a stored document, once."""


class ReopenDocumentInput(_Input):
    """Let a parked document be fetched or read again."""

    by: str
    why: str


@activity.defn(name="find_document")
async def find_document(arg: FindDocumentInput) -> DocumentStanding:
    """Store. Short."""
    by_body()


@activity.defn(name="fetch_document")
async def fetch_document(arg: FetchDocumentInput) -> DocumentStanding:
    """Marketplace or bucket, and store. Long: heartbeats meanwhile."""
    by_body()


@activity.defn(name="read_document")
async def read_document(arg: ReadDocumentInput) -> DocumentStanding:
    """A process of its own, and store. Long: heartbeats meanwhile."""
    by_body()


@activity.defn(name="publish_document")
async def publish_document(arg: PublishDocumentInput) -> DocumentStanding:
    """Store and bus. Short."""
    by_body()


@activity.defn(name="reopen_document")
async def reopen_document(arg: ReopenDocumentInput) -> DocumentStanding:
    """Store. Short."""
    by_body()
