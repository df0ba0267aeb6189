"""Faults of writing back."""

import asyncio
from dataclasses import replace as changed
from typing import Any

from canonical.actions import Action
from channels.errors import (
    AmbiguousError,
    ChannelError,
    ContractError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from channels.http import Request, Response
from channels.http import client as http_client
from channels.port import Seen
from tests.conformance.mutants.of_reads import _judging
from tests.conformance.mutants.planting import Replace, mutant
from tests.conformance.toy import actions
from tests.conformance.toy.actions import ActionWriter
from tests.conformance.toy.calls import Calls

SOON_S = 0.5


def _instead(replace: Replace, perform: Any) -> None:
    """Wraps `perform`: the fault gets the known one to call."""
    known = ActionWriter.perform

    async def other(self: ActionWriter, action: Action) -> None:
        await perform(lambda: known(self, action), self, action)

    replace(ActionWriter, "perform", other)


@mutant("each-action-twice", "A refusal of what stands already is an error.")
def repeats_are_errors(replace: Replace) -> None:
    async def perform(self: ActionWriter, action: Action) -> None:
        response = await self._calls.send(actions.request_of(action))
        self._all_done(action, response.body)

    replace(ActionWriter, "perform", perform)


@mutant("cancelled-before-shipping", "A refusal is taken for done.")
def refusal_is_done(replace: Replace) -> None:
    async def perform(known: Any, _self: ActionWriter, _action: Action) -> None:
        try:
            await known()
        except RefusedError:
            return

    _instead(replace, perform)


@mutant("cancel-races-ship", "An order that is over counts as shipped, whatever ended it.")
def over_is_shipped(replace: Replace) -> None:
    known = actions.seen

    def seen(action: Action, order: Any) -> Seen:
        return Seen.APPLIED if order.status == "cancelled" else known(action, order)

    replace(actions, "seen", seen)


@mutant("write-cut-before-commit", "Writes are marked as repeatable.")
def repeatable(replace: Replace) -> None:
    known = actions.request_of
    replace(actions, "request_of", lambda action: changed(known(action), repeatable=True))


@mutant("write-cut-after-commit", "A write without an answer is sent again at once.")
def sends_again(replace: Replace) -> None:
    async def perform(known: Any, _self: ActionWriter, _action: Action) -> None:
        try:
            await known()
        except AmbiguousError:
            await known()

    _instead(replace, perform)


@mutant("error-that-was-applied", "A 5xx says that nothing was done.")
def nothing_done(replace: Replace) -> None:
    def judge(account: str, request: Request, response: Response, usual: Any) -> Any:
        error = usual(request, response)
        if isinstance(error, AmbiguousError):
            return UnavailableError(error.channel, account, request.operation, error.message)
        return error

    _judging(replace, judge)


@mutant("server-error-on-write", "A read-back believes that all was done.")
def believes(replace: Replace) -> None:
    replace(actions, "seen", lambda action, order: Seen.APPLIED)


@mutant("page-instead-of-a-confirmation", "Whatever comes with a 200 confirms.")
def confirmed_by_any(replace: Replace) -> None:
    known = ActionWriter._all_done

    def judge(account: str, request: Request, response: Response, usual: Any) -> Any:
        return None if response.ok else usual(request, response)

    def all_done(self: ActionWriter, action: Action, body: bytes) -> None:
        try:
            known(self, action, body)
        except ContractError:
            return

    _judging(replace, judge)
    replace(http_client, "is_page", lambda response: False)
    replace(ActionWriter, "_all_done", all_done)


@mutant("slow-write", "A write that is not answered soon is sent beside itself.")
def hedges(replace: Replace) -> None:
    async def perform(known: Any, _self: ActionWriter, _action: Action) -> None:
        first = asyncio.create_task(known())
        done, _ = await asyncio.wait([first], timeout=SOON_S)
        if not done:
            await known()
        await first

    _instead(replace, perform)


@mutant("write-throttled", "A throttled write is sent again at once.")
def pushes(replace: Replace) -> None:
    async def perform(known: Any, _self: ActionWriter, _action: Action) -> None:
        try:
            await known()
        except ThrottledError:
            await known()

    _instead(replace, perform)


@mutant("write-refused", "The refusal does not say which order it is about.")
def nameless(replace: Replace) -> None:
    known = Calls.send

    async def send(self: Calls, request: Request) -> Response:
        try:
            return await known(self, request)
        except ChannelError as error:
            error.order_id = None
            raise

    replace(Calls, "send", send)


@mutant("partial-failure", "The body of a good answer is not looked at.")
def blind(replace: Replace) -> None:
    replace(ActionWriter, "_all_done", lambda self, action, body: None)
