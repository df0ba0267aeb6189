"""What Amazon's answers mean. Branches on status and `code`, never on the words.

An expired token, a missing role and an unknown path all answer 403 with the same code, so that a
403 is judged only after the token was renewed: see `channels.amazon.calls`.
"""

import random
import re
from dataclasses import dataclass
from typing import Any

from canonical.attention import DETAIL_LIMIT
from canonical.text import cut, storable
from channels import jsontext
from channels.amazon.abilities import CHANNEL
from channels.amazon.quotas import interval
from channels.amazon.roles import PER_ORDER, ROLES
from channels.errors import (
    ChannelError,
    CredentialsError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from channels.http import Judge, Redactor, Request, Response
from channels.http.faults import unanswered
from channels.limiter import Allowance

ROLE_MISSING = "role.missing"
NOT_FOUND = "http.404"
RATE_HEADER = "x-amzn-ratelimit-limit"
_RATE = re.compile(r"(?=.*[1-9])\d{1,6}(\.\d{1,9})?")


@dataclass(frozen=True)
class Complaint:
    """An error body's code and words."""

    code: str
    words: str


@dataclass
class ForbiddenError(CredentialsError):
    """A 403 of which nobody knows yet whether the token or a role is at fault."""


def judge_of(account: str, redactor: Redactor, time_scale: float) -> Judge:
    """The judge of one account's answers."""

    def judge(request: Request, response: Response) -> ChannelError | None:
        if response.ok:
            return None
        return _error(account, redactor, time_scale, request, response)

    return judge


def allowance_of(request: Request, response: Response) -> Allowance | None:
    """The account's own rate, which good answers may name; the bucket's size is never told."""
    told = response.headers.get(RATE_HEADER, "")
    if not response.ok or not _RATE.fullmatch(told):
        return None
    return Allowance(per_second=float(told), quota=request.operation)


def complaint(response: Response, redactor: Redactor) -> Complaint:
    """Reads an error body: `{errors: [{code, message, details}]}`, `{message}`, or HTML."""
    try:
        value = jsontext.parse(response.body)
    except jsontext.NotJsonError:
        return Complaint("", redactor.excerpt(response.body) or "an empty body")
    if not isinstance(value, dict):
        return Complaint("", redactor.excerpt(response.body))
    errors = value.get("errors")
    entries = [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []
    parts = [_text(e, key) for e in entries for key in ("message", "details")]
    parts.append(_text(value, "message"))
    said = "; ".join(dict.fromkeys(p for p in parts if p)) or redactor.excerpt(response.body)
    code = next((_text(e, "code") for e in entries if _text(e, "code")), "")
    return Complaint(cut(code, 200), cut(redactor.text(said), DETAIL_LIMIT - 400))


def after_renewal(error: ForbiddenError) -> ChannelError:
    """What a 403 means that came with a token which was issued a moment ago."""
    role = ROLES.get(error.operation)
    hint = (
        f"The token is good, so the application lacks a role: {error.operation} needs {role}. Add"
        " it in the developer profile, then have the seller authorise the application again."
        if role
        else "Compare client_id, client_secret and base_url with the developer console."
    )
    about = (error.channel, error.account, error.operation, error.message, error.order_id, hint)
    if role and error.operation in PER_ORDER:
        return RefusedError(*about, code=ROLE_MISSING)
    return CredentialsError(*about)


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    return str(storable(found)).strip() if isinstance(found, str) else ""


def _error(
    account: str, redactor: Redactor, time_scale: float, request: Request, response: Response
) -> ChannelError:
    status, said = response.status, complaint(response, redactor)
    trace = response.headers.get("x-amzn-requestid", "")
    what = f"HTTP {status}{f' {said.code}' if said.code else ''}: {said.words}"
    if trace:
        what += f" (request {cut(trace, 100)})"
    about = (CHANNEL, account, request.operation, what, request.order_id)
    if status == 429:
        # It names no time: one token's time is what can be known, and not all come back at once.
        wait = interval(request.operation, time_scale) * random.uniform(1.0, 1.25)  # noqa: S311
        return ThrottledError(*about, retry_after=response.retry_after or wait)
    if status in (401, 403):
        return ForbiddenError(*about)
    if status == 408 or status >= 500:
        return unanswered(CHANNEL, account, request, what)
    if status < 400:
        return UnavailableError(
            *about, hint="Amazon does not redirect: look for a proxy or a wrong base_url."
        )
    return RefusedError(*about, code=f"http.{status}" if status == 404 else said.code)
