"""Who a document is, and what is known of it before it is read."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from canonical.identity import bounded, escaped
from canonical.text import NO_CONTROLS

FILE = "file"
"""The kind of a file that came by other hands: its bytes say what it holds."""


class DocumentRef(BaseModel):
    """One document of one account: what notifications, lists and retries are about."""

    model_config = ConfigDict(frozen=True)

    channel: str = Field(min_length=1)
    account: str = Field(min_length=1)
    kind: str = Field(min_length=1, max_length=128, pattern=NO_CONTROLS)
    """The marketplace's word, such as a report's type; or `FILE`."""
    document_id: str = Field(min_length=1, max_length=1300, pattern=NO_CONTROLS)
    """The marketplace's own id of it, as text; of a file its place and content."""

    @property
    def workflow_id(self) -> str:
        """`document:{channel}:{account}:{kind}:{id}`, parts escaped, 128 characters at most."""
        return bounded(f"document:{self.key}")

    @property
    def key(self) -> str:
        """The same parts without the prefix: session id on the bus, correlation in logs."""
        parts = (self.channel, self.account, self.kind, self.document_id)
        return bounded(":".join(escaped(p) for p in parts))


class FoundDocument(BaseModel):
    """A document that there is, not fetched yet.

    Attributes:
        source: What it is fetched by; may change from one look to the next.
        covers_from: The beginning of what it is about, where that is said.
    """

    model_config = ConfigDict(frozen=True)

    ref: DocumentRef
    source: str
    made_at: AwareDatetime
    covers_from: AwareDatetime | None = None
    covers_to: AwareDatetime | None = None
