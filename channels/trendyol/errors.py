"""What Trendyol's answers mean. Branches on status and `key`, never on the localised text."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from canonical.attention import DETAIL_LIMIT
from canonical.text import cut, storable
from channels import jsontext
from channels.errors import (
    ChannelError,
    CredentialsError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from channels.http import Judge, Redactor, Request, Response
from channels.http.faults import unanswered
from channels.trendyol.abilities import CHANNEL

NOT_UPDATABLE = "shipment.package.not.updatable"
"""ASSUMED key of a refusal for the package's state; refusal bodies are not published."""

_WRONG_STOREFRONT = frozenset({"invalid.storefrontcode", "supplier.api.supplier.not.found"})


@dataclass(frozen=True)
class Complaint:
    """An error body's code and words, whichever of the four shapes it has."""

    code: str
    words: str


def judge_of(account: str, redactor: Redactor) -> Judge:
    """The judge of one account's answers."""

    def judge(request: Request, response: Response) -> ChannelError | None:
        return None if response.ok else _error(account, redactor, request, response)

    return judge


def complaint(body: bytes, redactor: Redactor) -> Complaint:
    """Reads an error body: A `{exception, errors}`, B `{errors}`, C `{error, message}`, D other."""
    try:
        value = jsontext.parse(body)
    except jsontext.NotJsonError:
        return Complaint("", redactor.excerpt(body) or "an empty body")
    if not isinstance(value, dict):
        return Complaint("", redactor.excerpt(body))
    errors = value.get("errors")
    entries = [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []
    codes = [_text(e, "key") for e in entries] + [_text(value, "exception"), _text(value, "error")]
    words = [_text(e, "message") for e in entries] + [_text(value, "message")]
    said = "; ".join(dict.fromkeys(w for w in words if w)) or redactor.excerpt(body)
    return Complaint(
        code=cut(next((c for c in codes if c), ""), 200),
        words=cut(redactor.text(said), DETAIL_LIMIT - 200),
    )


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    return str(storable(found)).strip() if isinstance(found, str) else ""


def _error(account: str, redactor: Redactor, request: Request, response: Response) -> ChannelError:
    status, said = response.status, complaint(response.body, redactor)
    what = f"HTTP {status}{f' {said.code}' if said.code else ''}: {said.words}"
    about = (CHANNEL, account, request.operation, what, request.order_id)
    if status == 429:
        return ThrottledError(*about, retry_after=response.retry_after or timedelta(0))
    if status in (401, 403) or said.code in _WRONG_STOREFRONT:
        return CredentialsError(*about, hint=_credentials_hint(status))
    if status == 408 or status >= 500:
        return unanswered(CHANNEL, account, request, what)
    if status < 400:
        return UnavailableError(
            *about, hint="Trendyol does not redirect: look for a proxy or a wrong base_url."
        )
    hint = (
        "Trendyol has closed this version of the orders endpoint: set `orders_path`."
        if status == 426
        else ""
    )
    return RefusedError(*about, hint=hint, code=said.code or f"http.{status}")


def _credentials_hint(status: int) -> str:
    if status == 401:
        return "Compare api_key, api_secret and seller_id with the panel's integration page."
    if status == 403:
        return (
            "The user agent or our address is refused: check seller_id and integrator,"
            " on stage the address's approval, else ask partner support."
        )
    return "Compare `storefront` with the storefronts that the seller is registered for."
