"""The consumer of the `commands` queue: what the internal systems ask for."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from azure.servicebus import ServiceBusReceivedMessage
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bridge.bus.messages import body_bytes, text_properties
from bridge.dispatcher.hand_over import Errands, abandon_all
from bridge.dispatcher.inbound import CONTRACT, UNKNOWN_ACCOUNT
from bridge.dispatcher.verdict import Fate, Taken, Verdict
from bridge.dispatcher.waker import Waker
from canonical.commands import COMMAND, Command
from channels.port import Channel
from store import InboxState, Store, UnknownOrder
from store.errors import StoreConflictError, StoreUnavailableError

UNKNOWN_ORDER = "unknown_order"


class CommandConsumer:
    """Keeps commands in the inbox and wakes their orders, in the order in which they came.

    It neither knows nor minds whether its batch comes from a plain queue or from one session.
    """

    def __init__(
        self, store: Store, channels: Mapping[tuple[str, str], Channel], waker: Waker
    ) -> None:
        self._store = store
        self._channels = channels
        self._waker = waker

    async def take(self, messages: Sequence[ServiceBusReceivedMessage]) -> Taken:
        taken, errands = Taken(), Errands()
        for position, message in enumerate(messages):
            try:
                await self._keep(message, taken, errands)
            except (StoreUnavailableError, StoreConflictError) as error:
                taken.add(abandon_all(messages[position:], str(error)))
                break
        await errands.run(self._waker, taken)
        return taken

    async def _keep(
        self, message: ServiceBusReceivedMessage, taken: Taken, errands: Errands
    ) -> None:
        body = body_bytes(message)
        try:
            command = COMMAND.validate_json(body)
        except ValidationError as error:
            words = _contract_words(message, error)
            taken.verdicts.append(Verdict(message, Fate.DEAD_LETTER, CONTRACT, words))
            return
        ref = command.ref
        channel = self._channels.get((ref.channel, ref.account))
        if channel is None:
            words = f"{_about(command)}: {ref.channel}/{ref.account} is not configured here"
            taken.verdicts.append(Verdict(message, Fate.DEAD_LETTER, UNKNOWN_ACCOUNT, words))
            return
        correlation_id = text_properties(message).get("correlation_id") or uuid4().hex
        received_at = message.enqueued_time_utc or datetime.now(UTC)
        state = await self._store.inbox.receive_command(command, received_at, correlation_id, body)
        if isinstance(state, UnknownOrder):
            words = f"{_about(command)}: this order is not in the store"
            taken.verdicts.append(Verdict(message, Fate.DEAD_LETTER, UNKNOWN_ORDER, words))
        elif state is InboxState.RECEIVED:
            errands.add(ref, channel.abilities, correlation_id, message, command.command_id)
        else:
            taken.duplicates += 1
            taken.verdicts.append(Verdict(message, Fate.COMPLETE))


def _about(command: Command) -> str:
    return f"command {command.command_id} ({command.kind}) for {command.ref.workflow_id}"


def _contract_words(message: ServiceBusReceivedMessage, error: ValidationError) -> str:
    """Names the fields, never their values."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    fields = dict.fromkeys(_field(p) for p in problems)
    return f"command message {message.message_id}: does not fit in {', '.join(fields)}"


def _field(problem: ErrorDetails) -> str:
    """A field's name, and what is wrong with it where a rule of ours says so in a sentence."""
    name = ".".join(str(x) for x in problem["loc"])
    if name and problem["type"] == "value_error":
        return f"{name} ({problem['msg'].removeprefix('Value error, ')})"
    return name or _whole(problem)


def _whole(problem: ErrorDetails) -> str:
    """What is wrong where no field can be named."""
    if problem["type"].startswith("union_tag"):
        return "kind (missing or unknown)"
    return f"the body ({problem['msg']})"
