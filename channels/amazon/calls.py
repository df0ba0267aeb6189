"""The way out to the Selling Partner API: the token in its header, renewed once where refused."""

import platform
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import ValidationError

from channels import jsontext
from channels.amazon.abilities import CHANNEL
from channels.amazon.errors import ForbiddenError, after_renewal, allowance_of, judge_of
from channels.amazon.login import NOTIFICATIONS, Login
from channels.amazon.options import AccountOptions
from channels.amazon.quotas import GRANTLESS
from channels.http import AuthFlow, HttpClient, Redactor, Request, Response, Timeouts
from channels.limiter import Limiter
from channels.wiretypes import Problem, WireModel, contract_error, problems_of

TOKEN_HEADER = "x-amz-access-token"  # noqa: S105 - its name
AGENT_LIMIT = 500

Model = TypeVar("Model", bound=WireModel)


class Calls:
    """Sends one account's requests."""

    def __init__(
        self,
        account: str,
        options: AccountOptions,
        limiter: Limiter,
        login: Login,
        redactor: Redactor,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.account = account
        self._login = login
        self._http = HttpClient(
            CHANNEL,
            account,
            options.base_url,
            _Named(agent_of(options)),
            limiter,
            judge_of(account, redactor, options.time_scale),
            timeouts=timeouts,
            tells=allowance_of,
        )

    async def send(self, request: Request, *, restricted: str | None = None) -> Response:
        """Sends a request and returns the answer if it is good.

        Args:
            request: Without its token.
            restricted: A restricted data token to be used instead of the account's.

        Raises:
            ChannelError: Whatever went wrong, by what is to be done about it.
        """
        if restricted is not None:
            return await self._judged(request, restricted)
        scope = NOTIFICATIONS if request.operation in GRANTLESS else None
        token = await self._login.access(scope)
        try:
            return await self._http.send(_with(request, token))
        except ForbiddenError:
            # Nothing was done there. An expired token looks as everything else that is forbidden.
            await self._login.refused(token, scope)
        return await self._judged(request, await self._login.access(scope))

    async def read(self, model: type[Model], request: Request) -> Model:
        """Sends a request and reads its answer.

        Raises:
            ContractError: It does not fit the model.
        """
        return self.parsed(model, request, await self.send(request))

    def parsed(self, model: type[Model], request: Request, response: Response) -> Model:
        """Reads an answer.

        Raises:
            ContractError: It does not fit the model.
        """
        return parsed(model, response.body, self.account, request.operation, request.order_id)

    async def close(self) -> None:
        await self._http.close()
        await self._login.close()

    async def _judged(self, request: Request, token: str) -> Response:
        try:
            return await self._http.send(_with(request, token))
        except ForbiddenError as forbidden:
            raise after_renewal(forbidden) from None


def parsed(
    model: type[Model], body: bytes, account: str, operation: str, order_id: str | None = None
) -> Model:
    """Reads a body.

    Raises:
        ContractError: Naming each field that does not fit.
    """
    return checked(lambda: model.model_validate(jsontext.parse(body)), account, operation, order_id)


Read = TypeVar("Read")


def checked(
    read: Callable[[], Read], account: str, operation: str, order_id: str | None = None
) -> Read:
    """Makes the one error of whatever does not fit.

    Raises:
        ContractError: Naming each field.
    """
    problems: list[Problem]
    try:
        return read()
    except jsontext.NotJsonError as e:
        problems = [("", str(e))]
    except ValidationError as e:
        problems = problems_of(e)
    raise contract_error(CHANNEL, account, operation, problems, order_id)


def agent_of(options: AccountOptions) -> str:
    """The user agent in the form that Amazon demands, within its 500 characters."""
    named = f"Language=Python/{platform.python_version()}; Platform={platform.system() or 'any'}"
    return f"{options.application[: AGENT_LIMIT - len(named) - 3]} ({named})"


def redactor_of(options: AccountOptions) -> Redactor:
    """Masks this account's secrets; tokens are masked by their shape."""
    return Redactor(
        [options.client_secret.get_secret_value(), options.refresh_token.get_secret_value()]
    )


def _with(request: Request, token: str) -> Request:
    return replace(request, headers={**request.headers, TOKEN_HEADER: token})


class _Named:
    """Adds what every request carries besides its token."""

    def __init__(self, agent: str) -> None:
        self._headers = {"User-Agent": agent, "Accept": "application/json"}

    def flow(self, request: Request) -> AuthFlow:
        headers: dict[str, Any] = dict(self._headers)
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        yield request.with_headers(headers)
