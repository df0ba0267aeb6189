"""The order: one workflow from its first event until it is finished."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import Priority, RawValue
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.signatures import orders, search_attributes
    from activities.signatures.asks import (
        CANCEL,
        RESYNC,
        SKIP_STEP,
        STATE,
        Asked,
        OrderOutcome,
        OrderStanding,
        SkipAsked,
    )
    from activities.signatures.start import ORDER_WORKFLOW, OrderStart
    from canonical.actions import ActionKind
    from canonical.attention import Attention, AttentionWord
    from canonical.effects import EffectState
    from canonical.plan import Act, FetchLabel, Plan, Publish, Reread, Step, plan
    from canonical.view import OrderView

from workflows import alarm, options
from workflows.alarm import Alarm
from workflows.board import Board
from workflows.options import short_step, summarised
from workflows.signals import news_problem, said_who_and_why, unreadable_signal


@workflow.defn(name=ORDER_WORKFLOW)
class OrderWorkflow:
    """Records what comes, does the one next step, waits; never fails on business.

    Signal `news`: the inbox has something. Any other signal, or one that cannot be read, is an
    attention. Updates `resync`, `cancel`, `skip_step`: what people ask. Query `state`.

    The web UI's Cancel ends the workflow as cancelled, after the store and the details say so; the
    sweep, or the order's next event, starts it again from the store.
    """

    @workflow.init
    def __init__(self, start: OrderStart) -> None:
        self._start = start
        self._view: OrderView | None = None
        self._news = True
        self._step: Step | None = None
        self._unreadable = start.unreadable_signal
        self._noted: Attention | None = None
        self._board = Board()
        self._alarm = Alarm()

    @workflow.run
    async def run(self, start: OrderStart) -> OrderOutcome:
        """Follows the order to its end."""
        try:
            return await self._follow()
        except BaseException as error:
            if is_cancelled_exception(error):
                await self._say_stopped()
            raise

    async def _follow(self) -> OrderOutcome:
        while True:
            view = await self._record() if self._news or self._view is None else self._view
            planned = self._plan(view)
            await self._show(planned.attention)
            if planned.step:
                await self._carry_out(planned.step)
            elif planned.finished:
                if await self._may_close():
                    return self._outcome(view)
            elif workflow.info().is_continue_as_new_suggested():
                await self._start_afresh()
            else:
                await self._wait_for_news(planned.look_again_at)

    # -- the steps ---------------------------------------------------------------------------

    async def _record(self) -> OrderView:
        """Drains the inbox. News that come during it are drained by the next one."""
        arg = orders.RecordInput(ref=self._start.ref, expecting=self._news)
        self._news = False
        result = await short_step(orders.record_order, arg, "Record what has come")
        self._view = result.view
        return result.view

    def _plan(self, view: OrderView) -> Plan:
        start = self._start
        made = plan(view, start.abilities, start.erp_answers_within, workflow.now())
        if made.attention is None and self._unreadable:
            return replace(made, attention=unreadable_signal(self._unreadable))
        return made

    async def _carry_out(self, step: Step) -> None:
        """Waits for the step, which may take as long as an outage, and goes on recording."""
        self._step = step
        call = asyncio.create_task(self._do(step))
        overtaken = False
        while not call.done():
            await workflow.wait_condition(lambda: call.done() or self._news)
            if not call.done():
                await self._meanwhile(step)
                overtaken = True
        self._step = None
        self._view = call.result()
        # What was recorded meanwhile may be newer than the call's own view, and what was read
        # again is yet to be recorded.
        self._news = self._news or overtaken or isinstance(step, Reread)

    async def _meanwhile(self, step: Step) -> None:
        """News during a call: the internal systems hear of a cancellation at once.

        The call itself asks before each try whether it is still wanted.
        """
        planned = self._plan(await self._record())
        await self._show(planned.attention)
        if not isinstance(step, Publish) and isinstance(planned.step, Publish):
            self._view = await self._publish(planned.step)

    async def _do(self, step: Step) -> OrderView:
        match step:
            case Publish():
                return await self._publish(step)
            case Act():
                return await self._act(step)
            case Reread():
                return await self._reread(step)
            case FetchLabel():
                return await self._send_label(step)

    async def _publish(self, step: Publish) -> OrderView:
        arg = orders.PublishInput(
            ref=self._start.ref,
            kind=step.kind,
            effect=step.effect,
            order_version=self._version,
            return_id=step.return_id,
        )
        result = await short_step(orders.publish_order_event, arg, f"Tell: {step.kind}")
        return result.view

    async def _act(self, step: Act) -> OrderView:
        arg = orders.ActInput(
            ref=self._start.ref,
            action=step.action,
            effect=step.effect,
            order_version=self._version,
            abilities=self._start.abilities,
        )
        call = summarised(options.MARKETPLACE_CALL, f"At the marketplace: {step.effect}")
        lag = self._start.abilities.visibility_lag
        call["start_to_close_timeout"] = options.CALL_LIMIT + lag
        call["priority"] = _priority(step)
        result = await workflow.execute_activity(orders.act_at_marketplace, arg, **call)
        return result.view

    async def _reread(self, step: Reread) -> OrderView:
        arg = orders.RereadInput(
            ref=self._start.ref,
            effect=step.effect,
            reason=step.reason,
            order_version=self._version,
        )
        call = summarised(options.MARKETPLACE_CALL, f"Read again: {step.reason}")
        result = await workflow.execute_activity(orders.reread_order, arg, **call)
        return result.view

    async def _send_label(self, step: FetchLabel) -> OrderView:
        arg = orders.SendLabelInput(
            ref=self._start.ref,
            parcel_id=step.parcel_id,
            command_id=step.command_id,
            effect=step.effect,
            order_version=self._version,
        )
        call = summarised(options.MARKETPLACE_CALL, f"Fetch the label of {step.parcel_id}")
        result = await workflow.execute_activity(orders.send_label, arg, **call)
        return result.view

    # -- waiting and ending ------------------------------------------------------------------

    async def _wait_for_news(self, look_again_at: datetime | None) -> None:
        if self._start.one_alarm:
            self._alarm.set(look_again_at)
            await workflow.wait_condition(lambda: self._news or self._alarm.rang)
            return
        timeout = None
        if look_again_at is not None:
            timeout = max(look_again_at - workflow.now(), timedelta(seconds=1))
        try:
            await workflow.wait_condition(
                lambda: self._news,
                timeout=timeout,
                timeout_summary=alarm.SUMMARY,
            )
        except TimeoutError:
            return

    async def _may_close(self) -> bool:
        """Drains once more with no handler left; whatever came in goes before the end."""
        await workflow.wait_condition(workflow.all_handlers_finished)
        view = await self._record()
        closed = not self._news and workflow.all_handlers_finished()
        return closed and self._plan(view).finished

    async def _start_afresh(self) -> None:
        """A new run: all but an unreadable signal is in the store."""
        await workflow.wait_condition(workflow.all_handlers_finished)
        start = self._start.model_copy(update={"unreadable_signal": self._unreadable})
        workflow.continue_as_new(start)

    def _outcome(self, view: OrderView) -> OrderOutcome:
        word = self._noted.word.value if self._noted else None
        return OrderOutcome(state=view.state.value, version=view.version, attention=word)

    async def _say_stopped(self) -> None:
        """The defined end of the web UI's Cancel."""
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self._show(
            Attention.of(
                AttentionWord.UNAVAILABLE,
                "The order's workflow was cancelled in Temporal: nobody looks after the order.",
                "its next event, or the sweep, which starts the workflow again",
                "To withdraw from the order itself use `souk order cancel`; to go on at once,"
                " `souk order resync`.",
            )
        )

    # -- what people see ---------------------------------------------------------------------

    async def _show(self, attention: Attention | None) -> None:
        view = self._view
        if view is None:
            return
        stood = attention is not None and view.attention is attention.word
        self._board.show(
            attention,
            since=view.attention_since if stood else None,
            values={
                **{pair.key: pair.value for pair in search_attributes.of_order(view.ref)},
                search_attributes.STATUS: view.state.value,
                search_attributes.DEADLINE: self._deadline(view),
            },
        )
        if attention == self._noted and not (attention is None and view.attention):
            return
        arg = orders.NoteInput(ref=view.ref, attention=self._board.attention)
        await short_step(orders.note_attention, arg, f"Note attention: {_word(attention)}")
        self._noted = attention
        word = attention.word if attention else None
        self._view = self._view and self._view.model_copy(update={"attention": word})

    def _deadline(self, view: OrderView) -> datetime | None:
        within = self._start.abilities.decision_deadline
        return view.first_received_at + within if within and view.first_received_at else None

    @property
    def _version(self) -> int:
        return self._view.version if self._view else 0

    @workflow.query(name=STATE)
    def state(self) -> OrderStanding:
        """Where the order stands."""
        return OrderStanding(
            view=self._view,
            attention=self._board.attention,
            step=self._step.effect if self._step else None,
        )

    # -- what comes from outside -------------------------------------------------------------

    @workflow.signal(dynamic=True)
    def heard(self, name: str, args: Sequence[RawValue]) -> None:
        """Takes every signal, readable or not: the inbox is the truth, a signal only wakes."""
        self._news = True
        self._unreadable = news_problem(name, args) or self._unreadable

    @workflow.update(name=RESYNC)
    async def resync(self, asked: Asked) -> str:
        """Reads the order at the marketplace and gives refused steps another try."""
        arg = orders.ReadInput(ref=self._start.ref, by=asked.by, why=asked.why)
        try:
            result = await workflow.execute_activity(
                orders.read_order, arg, **summarised(options.READ_NOW, "Read again, as asked")
            )
        except ActivityError as error:
            raise ApplicationError(
                f"The order could not be read again: {_root(error)} Nothing was changed."
            ) from error
        self._unreadable = ""
        self._news = True
        return f"Read again ({result.events} events); refused steps are tried again."

    @resync.validator
    def _may_resync(self, asked: Asked) -> None:
        said_who_and_why(asked)

    @workflow.update(name=CANCEL)
    async def cancel(self, asked: Asked) -> str:
        """Records the retailer's withdrawal, as the internal systems' own command would be."""
        info = workflow.current_update_info()
        arg = orders.AskCancelInput(
            ref=self._start.ref,
            command_id=f"person:{info.id if info else workflow.uuid4()}"[:120],
            by=asked.by,
            why=asked.why,
        )
        await short_step(orders.ask_cancel, arg, "Record the cancel")
        self._news = True
        if ActionKind.CANCEL_LINES not in self._start.abilities.actions:
            return "Recorded. The marketplace takes no cancel from sellers: see the attention."
        return "Recorded. What has not left yet is cancelled at the marketplace."

    @cancel.validator
    def _may_cancel(self, asked: Asked) -> None:
        said_who_and_why(asked)
        if self._view is None or not self._view.exists:
            raise ApplicationError("The order is not recorded yet, so nothing can be cancelled.")

    @workflow.update(name=SKIP_STEP)
    async def skip_step(self, asked: SkipAsked) -> str:
        """Takes a step as done that a person has settled elsewhere."""
        effect = asked.effect or self._stands()
        arg = orders.SkipInput(ref=self._start.ref, effect=effect, by=asked.by, why=asked.why)
        await short_step(orders.skip_step, arg, f"Skip: {effect}")
        self._news = True
        return f"`{effect}` is taken as done."

    @skip_step.validator
    def _may_skip(self, asked: SkipAsked) -> None:
        said_who_and_why(asked)
        if asked.effect is None:
            self._stands()
        elif asked.effect not in self._known_steps():
            known = ", ".join(f"`{x}`" for x in self._known_steps()) or "none"
            raise ApplicationError(f"There is no step `{asked.effect}`. Steps so far: {known}.")

    def _known_steps(self) -> list[str]:
        begun = [e.name for e in self._view.effects] if self._view else []
        doing = [self._step.effect] if self._step else []
        return [*begun, *(x for x in doing if x not in begun)]

    def _stands(self) -> str:
        """The step that is refused, without answer, or being tried."""
        for effect in self._view.effects if self._view else ():
            if effect.state in (EffectState.REFUSED, EffectState.UNKNOWN):
                return effect.name
        if self._step:
            return self._step.effect
        raise ApplicationError("No step stands: nothing is refused, unanswered or being tried.")


def _priority(step: Act) -> Priority:
    decisions = (ActionKind.ACCEPT, ActionKind.CANCEL_LINES, ActionKind.ANSWER_RETURN)
    return options.DECISION if step.action.kind in decisions else Priority.default


def _root(error: BaseException) -> str:
    """An `ActivityError`'s own text says nothing; its deepest cause does."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error)


def _word(attention: Attention | None) -> str:
    return attention.word.value if attention else "none"
