"""What the toy's answers mean, by what is to be done about them."""

from datetime import timedelta

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
from tests.conformance.toy.abilities import CHANNEL

TOKEN_ENDED = "token_ended"


class TokenEndedError(CredentialsError):
    """Only the token: another one may be had."""


def judge_of(account: str, redactor: Redactor) -> Judge:
    """The judge of one account's answers."""

    def judge(request: Request, response: Response) -> ChannelError | None:
        return _error(account, redactor, request, response)

    return judge


def code_of(body: bytes) -> str:
    """The code of an error body; empty where it has none."""
    try:
        value = jsontext.parse(body)
    except jsontext.NotJsonError:
        return ""
    error = value.get("error") if isinstance(value, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else ""


def _error(
    account: str, redactor: Redactor, request: Request, response: Response
) -> ChannelError | None:
    status, code = response.status, code_of(response.body)
    what = f"HTTP {status}: {code or redactor.excerpt(response.body) or 'an empty body'}"
    about = (CHANNEL, account, request.operation, what, request.order_id)
    if "json" not in response.headers.get("content-type", "") and status != 429:
        # Somebody else answered: a gateway, a firewall, a login page of the network.
        return unanswered(CHANNEL, account, request, f"{what}; it is not the marketplace's answer")
    if response.ok:
        return None
    if status == 429:
        return ThrottledError(*about, retry_after=response.retry_after or timedelta(0))
    if code == TOKEN_ENDED:
        return TokenEndedError(*about)
    if status in (401, 403):
        return CredentialsError(*about, hint="Compare the key with the seller panel.")
    if status >= 500:
        return unanswered(CHANNEL, account, request, what)
    if status < 400:
        return UnavailableError(*about, hint="Look for a proxy or a wrong base_url.")
    return RefusedError(*about, code=code or f"http.{status}")
