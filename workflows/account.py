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
        HoldInput,
        check_account,
        hold_account,
        resume_account,
    )
    from activities.signatures.asks import (
        CONFIGURE,
        PAUSE,
        RESUME,
        RESYNC,
        STATE,
        AccountStanding,
        Asked,
    )
    from activities.signatures.start import ACCOUNT_WORKFLOW, AccountStart
    from canonical.abilities import Polling

from workflows.board import Board
from workflows.options import CHECK_ACCOUNT, short_step, summarised
from workflows.signals import said_who_and_why

MISSED_POLLS = 5
"""So many polls may fail before their age is an attention."""
YOUNG = timedelta(minutes=5)
"""No poll is stale before this, however fast the pace."""

HEALTHY = "healthy"
TROUBLED = "troubled"
PAUSED = "paused"


@workflow.defn(name=ACCOUNT_WORKFLOW)
class AccountWorkflow:
    """Checks credentials, webhook and polls; an outage is one attention here, not one per order.

    Signal `configure`: settings as of the worker's last start. Updates `resync`: check now;
    `pause` and `resume`: hold the account's marketplace calls back, let them go on. Query `state`.
    Cancelling it in the web UI ends the checks; the next worker start begins anew.
    """

    @workflow.init
    def __init__(self, start: AccountStart) -> None:
        self._start = start
        self._board = Board()
        self._found: CheckAccountResult | None = None
        self._checks = 0
        self._checking = False
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
        abilities = self._start.abilities
        returns = abilities.returns.polling if abilities.returns else None
        arg = CheckAccountInput(
            channel=self._start.channel,
            account=self._start.account,
            poll_stale_after=_stale_after(self._start, abilities.polling),
            returns_stale_after=_stale_after(self._start, returns) if returns else None,
            watched_since=workflow.info().start_time if abilities.polling else None,
        )
        about = f"{self._start.channel}/{self._start.account}"
        self._checking = True
        self._found = await workflow.execute_activity(
            check_account, arg, **summarised(CHECK_ACCOUNT, f"Check {about}")
        )
        self._checking = False
        self._checks += 1
        attention = self._found.attention
        self._board.show(
            attention,
            values={
                search_attributes.CHANNEL: search_attributes.keyword(self._start.channel),
                search_attributes.ACCOUNT: search_attributes.keyword(self._start.account),
                search_attributes.STATUS: _status(self._found),
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
        return await self._checked(self._checks + 1)

    @resync.validator
    def _may_resync(self, asked: Asked) -> None:
        said_who_and_why(asked)

    @workflow.update(name=PAUSE)
    async def pause(self, asked: Asked) -> str:
        """Holds polls and marketplace calls back; hooks and commands are still taken."""
        await short_step(hold_account, self._hold(asked), "Hold the account back")
        return await self._checked(self._checks + 1 + self._checking)

    @pause.validator
    def _may_pause(self, asked: Asked) -> None:
        said_who_and_why(asked)

    @workflow.update(name=RESUME)
    async def resume(self, asked: Asked) -> str:
        """Lets polls and marketplace calls go on."""
        await short_step(resume_account, self._hold(asked), "Let the account go on")
        return await self._checked(self._checks + 1 + self._checking)

    @resume.validator
    def _may_resume(self, asked: Asked) -> None:
        said_who_and_why(asked)

    def _hold(self, asked: Asked) -> HoldInput:
        start = self._start
        return HoldInput(channel=start.channel, account=start.account, by=asked.by, why=asked.why)

    async def _checked(self, due: int) -> str:
        """Checks, and waits until so many checks were made."""
        self._due = True
        await workflow.wait_condition(lambda: self._checks >= due)
        attention = self._board.attention
        return f"Checked: {attention.word}. {attention.what_happened}" if attention else "Checked."

    @workflow.query(name=STATE)
    def state(self) -> AccountStanding:
        """How the account was found last."""
        age = self._found.poll_age if self._found else None
        of_returns = self._found.returns_poll_age if self._found else None
        return AccountStanding(
            attention=self._board.attention,
            webhook=self._found.webhook if self._found else "unchecked",
            poll_age_seconds=age.total_seconds() if age else None,
            returns_poll_age_seconds=of_returns.total_seconds() if of_returns else None,
            paused=bool(self._found and self._found.paused),
        )


def _status(found: CheckAccountResult) -> str:
    if found.paused:
        return PAUSED
    return TROUBLED if found.attention else HEALTHY


def _stale_after(start: AccountStart, pace: Polling | None) -> timedelta:
    every = start.poll_every or (pace.every if pace else timedelta(0))
    return max(every * MISSED_POLLS, YOUNG)
