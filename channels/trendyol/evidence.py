"""Documents for a rejection, fetched from where the retailer keeps them.

Only from hosts that the account names: whoever may send commands must not make the platform call
whatever he likes.
"""

import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from canonical.actions import AnswerReturn
from canonical.evidence import EvidenceFile
from channels.errors import ChannelError, ContractError, RefusedError
from channels.http import AuthFlow, HttpClient, Judge, Request, Response, Timeouts
from channels.limiter import Limiter
from channels.trendyol import quotas
from channels.trendyol.abilities import CHANNEL
from channels.trendyol.options import AccountOptions

SIZE_LIMIT = 5 * 1024 * 1024
"""Bytes of one file (seller guide, "Create a rejection request", October 2026: 5 MB)."""
FIELD = "files"
"""Of the form, by that page and the international reference; older pages say "form-data (file)"."""


@dataclass(frozen=True)
class Document:
    """A file as it goes into a form."""

    name: str
    media_type: str
    content: bytes


class EvidenceFetcher:
    """Fetches documents for one account."""

    def __init__(
        self, account: str, options: AccountOptions, limiter: Limiter, timeouts: Timeouts | None
    ) -> None:
        self._account = account
        self._options = options
        self._limiter = limiter
        self._timeouts = timeouts

    async def fetch(self, action: AnswerReturn) -> Document:
        """Reads the document that an answer names.

        Raises:
            RefusedError: The host is not one of the account's, it has no such document, or the
                document is too large.
            UnavailableError: The host does not answer.
        """
        url = urlsplit(action.evidence_link)
        origin = f"{url.scheme}://{url.netloc}"
        if origin not in self._options.evidence_hosts:
            raise self._refused(
                action,
                f"documents are not fetched from {origin}",
                "Name it under `evidence_hosts` in the account's options.",
            )
        client = HttpClient(
            CHANNEL,
            self._account,
            origin,
            _Unsigned(),
            self._limiter,
            self._judge(action),
            timeouts=self._timeouts,
            body_limit=SIZE_LIMIT,
        )
        path = url.path.lstrip("/") + (f"?{url.query}" if url.query else "")
        try:
            response = await client.send(Request(quotas.EVIDENCE, "GET", path))
        except ContractError as error:
            # It has no form that could be wrong: it is larger than what is read.
            raise self._refused(
                action,
                f"the document at {origin} is too large: {error.message}",
                "Send `answer_return` again with a smaller one.",
            ) from error
        finally:
            await client.close()
        media_type = response.headers.get("content-type", "application/octet-stream")
        name = _plain(url.path.rsplit("/", 1)[-1])
        return Document(name, media_type.split(";")[0].strip(), response.body)

    def _judge(self, action: AnswerReturn) -> Judge:
        def judge(request: Request, response: Response) -> ChannelError | None:
            if response.ok:
                return None
            return self._refused(
                action,
                f"the document cannot be fetched (HTTP {response.status})",
                "Look whether the link is still good.",
            )

        return judge

    def _refused(self, action: AnswerReturn, what: str, hint: str) -> RefusedError:
        return RefusedError(
            CHANNEL,
            self._account,
            quotas.EVIDENCE,
            what,
            action.order_id,
            hint,
            code="evidence.not.there",
        )


def sent_along(file: EvidenceFile) -> Document:
    """The document of an answer that brought it along."""
    return Document(_plain(file.name), file.media_type, file.data)


def _plain(name: str) -> str:
    """A file's name of characters that a form's header takes as they are."""
    return "".join(c for c in name if c.isalnum() or c in "._-") or "document"


class _Unsigned:
    """No header of ours goes to a host that is not the marketplace's."""

    def flow(self, request: Request) -> AuthFlow:
        yield request


def as_form(document: Document) -> tuple[dict[str, str], bytes]:
    """Headers and body of a form with the one file."""
    boundary = uuid.uuid4().hex
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="{FIELD}"; filename="{document.name}"\r\n'
        f"Content-Type: {document.media_type}\r\n\r\n"
    )
    body = head.encode() + document.content + f"\r\n--{boundary}--\r\n".encode()
    return {"Content-Type": f"multipart/form-data; boundary={boundary}"}, body
