"""Login with Amazon: access tokens for an hour, renewed by one process at a time.

Source: developer-docs, "Connect to the Selling Partner API" and "Grantless Operations". The shape
of a good answer is ASSUMED: the documentation shows it only in part.
"""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from pydantic import Field, ValidationError

from channels import jsontext
from channels.amazon import quotas
from channels.amazon.abilities import CHANNEL
from channels.amazon.options import AccountOptions
from channels.errors import ChannelError, CredentialsError, ThrottledError, UnavailableError
from channels.http import AuthFlow, HttpClient, Redactor, Request, Response, Timeouts
from channels.limiter import Limiter
from channels.tokens import Fresh, Tokens
from channels.wiretypes import Whole, WireModel, contract_error, problems_of

NOTIFICATIONS = "sellingpartnerapi::notifications"
"""The scope of the grantless operations on destinations."""
SELLER = "lwa"
"""The name of the seller's token in the store."""
_MAY_PASS = frozenset({"server_error", "temporarily_unavailable"})


class _Issued(WireModel):
    access: str = Field(validation_alias="access_token", min_length=1)
    lasts: Whole = Field(validation_alias="expires_in", gt=0, le=86_400)
    refresh: str | None = Field(default=None, validation_alias="refresh_token")


class Login:
    """One account's tokens."""

    def __init__(
        self,
        account: str,
        options: AccountOptions,
        limiter: Limiter,
        tokens: Tokens,
        redactor: Redactor,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.tokens = tokens
        self._account = account
        self._options = options
        self._redactor = redactor
        url = urlsplit(options.token_url)
        self._path = url.path.lstrip("/")
        self._http = HttpClient(
            CHANNEL,
            account,
            f"{url.scheme}://{url.netloc}",
            _Plain(),
            limiter,
            self._judge,
            timeouts=timeouts,
        )

    async def access(self, scope: str | None = None) -> str:
        """A token for the seller, or for the application where a scope is given.

        Raises:
            CredentialsError: Amazon takes the application or the seller's consent no more.
        """

        async def renew(refresh: str | None) -> Fresh:
            return await self._renew(refresh, scope)

        return await self.tokens.access(self._account, scope or SELLER, renew)

    async def refused(self, access: str, scope: str | None = None) -> None:
        """Amazon no longer takes this token."""
        await self.tokens.refused(self._account, scope or SELLER, access)

    async def close(self) -> None:
        await self._http.close()

    async def _renew(self, refresh: str | None, scope: str | None) -> Fresh:
        options = self._options
        grant: Mapping[str, str] = {"grant_type": "client_credentials", "scope": scope or ""}
        if scope is None:
            # A new one in the settings counts more than the one that was kept with the last token.
            token = options.refresh_token.get_secret_value() or refresh or ""
            grant = {"grant_type": "refresh_token", "refresh_token": token}
        form = {
            **grant,
            "client_id": options.client_id,
            "client_secret": options.client_secret.get_secret_value(),
        }
        response = await self._http.send(
            Request(quotas.LOGIN, "POST", self._path, body=urlencode(form).encode())
        )
        try:
            issued = _Issued.model_validate(jsontext.parse(response.body))
        except jsontext.NotJsonError as e:
            raise contract_error(CHANNEL, self._account, quotas.LOGIN, [("", str(e))]) from None
        except ValidationError as e:
            problems = problems_of(e)
            raise contract_error(CHANNEL, self._account, quotas.LOGIN, problems) from None
        return Fresh(issued.access, timedelta(seconds=issued.lasts), issued.refresh)

    def _judge(self, request: Request, response: Response) -> ChannelError | None:
        if response.ok:
            return None
        code, words = _complaint(response, self._redactor)
        what = f"HTTP {response.status}{f' {code}' if code else ''}: {words}"
        about = (CHANNEL, self._account, request.operation, what)
        if response.status == 429:
            wait = response.retry_after or timedelta(0)
            return ThrottledError(*about, retry_after=wait)
        if response.status >= 500 or code in _MAY_PASS or response.status not in (400, 401, 403):
            return UnavailableError(*about)
        return CredentialsError(*about, hint=_HINTS.get(code, _HINTS[""]))


class _Plain:
    """A form, and nothing that signs it: the secret stands in the form."""

    def flow(self, request: Request) -> AuthFlow:
        yield request.with_headers(
            {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
        )


_HINTS = {
    "invalid_grant": "The seller has withdrawn his consent, or refresh_token is another"
    " application's: authorise the application anew in Seller Central.",
    "invalid_client": "client_id or client_secret is wrong; secrets end after 180 days.",
    "invalid_scope": "The application may not call grantless operations of this scope.",
    "": "Compare client_id, client_secret and refresh_token with the developer console.",
}


def _complaint(response: Response, redactor: Redactor) -> tuple[str, str]:
    try:
        value = jsontext.parse(response.body)
    except jsontext.NotJsonError:
        value = None
    if not isinstance(value, dict):
        return "", redactor.excerpt(response.body) or "an empty body"
    code, words = value.get("error"), value.get("error_description")
    return (
        code[:60] if isinstance(code, str) else "",
        redactor.text(words) if isinstance(words, str) else redactor.excerpt(response.body),
    )
