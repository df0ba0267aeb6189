"""The account: one workflow for as long as it is configured, looking after its own health."""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from activities.signatures import search_attributes
    from activities.signatures.accounts import (
        CheckAccountInput,
        CheckAccountResult,
        check_account,
    )
    from activities.signatures.asks import CONFIGURE, RESYNC, STATE, AccountStanding, Asked
    from activities.signatures.start import ACCOUNT_WORKFLOW, AccountStart

from workflows.board import Board
from workflows.options import CHECK_ACCOUNT, summarised
from workflows.signals import said_who_and_why

MISSED_POLLS = 5
"""So many polls may fail before their age is an attention."""
YOUNG = timedelta(minutes=5)
"""No poll is stale before this, however fast the pace."""

HEALTHY = "healthy"
TROUBLED = "troubled"


@workflow.defn(name=ACCOUNT_WORKFLOW)
class AccountWorkflow:
    """Checks credentials, webhook and polls; an outage is one attention here, not one per order.

    Signal `configure`: settings as of the worker's last start. Update `resync`: check now.
    Query `state`. Cancelling it in the web UI ends the checks; the next worker start begins anew.
    """

    @workflow.init
    def __init__(self, start: AccountStart) -> None:
        self._start = start
        self._board = Board()
        self._found: CheckAccountResult | None = None
        self._checks = 0
        self._due = True

    @workflow.run
    async def run(self, start: AccountStart) -> None:
        """Checks, shows, waits, again."""
        while not workflow.info().is_continue_as_new_suggested():
            self._due = False
            await self._check()
            try:
                await workflow.wait_condition(
                    lambda: self._due,
                    timeout=self._start.check_every,
                    timeout_summary="Until the next check",
                )
            except TimeoutError:
                continue
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(self._start)

    async def _check(self) -> None:
        arg = CheckAccountInput(
            channel=self._start.channel,
            account=self._start.account,
            poll_stale_after=_stale_after(self._start),
        )
        about = f"{self._start.channel}/{self._start.account}"
        self._found = await workflow.execute_activity(
            check_account, arg, **summarised(CHECK_ACCOUNT, f"Check {about}")
        )
        self._checks += 1
        attention = self._found.attention
        self._board.show(
            attention,
            values={
                search_attributes.CHANNEL: search_attributes.keyword(self._start.channel),
                search_attributes.ACCOUNT: search_attributes.keyword(self._start.account),
                search_attributes.STATUS: TROUBLED if attention else HEALTHY,
            },
        )

    @workflow.signal(dynamic=True)
    def heard(self, name: str, args: Sequence[RawValue]) -> None:
        """Takes new settings; what cannot be read changes nothing and is logged."""
        if name != CONFIGURE or len(args) != 1:
            workflow.logger.warning("signal ignored", extra={"signal": name[:80]})
            return
        try:
            start = workflow.payload_converter().from_payload(args[0].payload, AccountStart)
        except Exception as error:  # noqa: BLE001 - whatever a payload does to its decoder
            kind = type(error).__name__
            workflow.logger.warning("settings cannot be read", extra={"error": kind})
            return
        if isinstance(start, AccountStart) and start != self._start:
            self._start = start
            self._due = True

    @workflow.update(name=RESYNC)
    async def resync(self, asked: Asked) -> str:
        """Checks the account now."""
        self._due = True
        due = self._checks + 1
        await workflow.wait_condition(lambda: self._checks >= due)
        attention = self._board.attention
        return f"Checked: {attention.word}. {attention.what_happened}" if attention else "Checked."

    @resync.validator
    def _may_resync(self, asked: Asked) -> None:
        said_who_and_why(asked)

    @workflow.query(name=STATE)
    def state(self) -> AccountStanding:
        """How the account was found last."""
        age = self._found.poll_age if self._found else None
        return AccountStanding(
            attention=self._board.attention,
            webhook=self._found.webhook if self._found else "unchecked",
            poll_age_seconds=age.total_seconds() if age else None,
        )


def _stale_after(start: AccountStart) -> timedelta:
    pace = start.abilities.polling
    every = start.poll_every or (pace.every if pace else timedelta(0))
    return max(every * MISSED_POLLS, YOUNG)
