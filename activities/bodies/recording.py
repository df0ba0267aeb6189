"""What an order's workflow writes down: news, attention, what people settle."""

from datetime import UTC, datetime

from temporalio import activity

from activities.ports import Platform
from activities.signatures.orders import (
    AskCancelInput,
    NoteInput,
    RecordInput,
    RecordResult,
    SkipInput,
)
from canonical.commands import Cancel
from canonical.effects import Effect
from channels.errors import ContractError
from store import UnknownOrder, UnknownOrderError


class Recording:
    """Short steps at the store."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @activity.defn(name="record_order")
    async def record_order(self, arg: RecordInput) -> RecordResult:
        """Drains the order's inbox; what the channel cannot read is dead-lettered."""
        channel = self._platform.channel(arg.ref.channel, arg.ref.account)
        recorded = await self._platform.store.orders.record(
            arg.ref,
            channel.to_canonical,
            unreadable=(ContractError,),
            expecting=arg.expecting,
        )
        return RecordResult(
            view=recorded.view,
            applied=recorded.applied,
            superseded=recorded.superseded,
            dead=recorded.dead,
        )

    @activity.defn(name="note_attention")
    async def note_attention(self, arg: NoteInput) -> None:
        """Writes why a person should look, or that nobody need any more."""
        await self._platform.store.orders.set_attention(arg.ref, arg.attention)

    @activity.defn(name="skip_step")
    async def skip_step(self, arg: SkipInput) -> Effect:
        """Takes a step as done, with who says so and why."""
        return await self._platform.store.effects.skip(arg.ref, arg.effect, arg.by, arg.why)

    @activity.defn(name="ask_cancel")
    async def ask_cancel(self, arg: AskCancelInput) -> None:
        """Puts a person's cancel into the inbox, as if an internal system had sent it."""
        store, now = self._platform.store, datetime.now(UTC)
        view = await store.orders.view(arg.ref)
        command = Cancel(command_id=arg.command_id, ref=arg.ref, by=arg.by, at=now, note=arg.why)
        body = command.model_dump_json(by_alias=True).encode()
        kept = await store.inbox.receive_command(command, now, view.correlation_id, body)
        if isinstance(kept, UnknownOrder):
            raise UnknownOrderError(arg.ref)
