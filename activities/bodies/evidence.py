"""What an action needs and Temporal must not hold: fetched from the inbox before it leaves."""

from activities.ports import Platform
from activities.signatures.orders import ActInput
from canonical.actions import Action, AnswerReturn
from canonical.commands import COMMAND
from canonical.commands import AnswerReturn as AnswerCommand
from channels.errors import RefusedError


async def whole_action(platform: Platform, arg: ActInput) -> Action:
    """The action with the file that its command brought along, where it did.

    Raises:
        RefusedError: The command is not kept any more.
    """
    action = arg.action
    if not isinstance(action, AnswerReturn) or not action.evidence_command:
        return action
    ref = arg.ref
    body = await platform.store.inbox.command_body(
        ref.channel, ref.account, action.evidence_command
    )
    command = COMMAND.validate_json(body) if body is not None else None
    if not isinstance(command, AnswerCommand) or command.evidence is None:
        raise RefusedError(
            ref.channel,
            ref.account,
            action.kind.value,
            f"the file of command {action.evidence_command} is not kept any more",
            ref.order_id,
            "Send `answer_return` again with it.",
            code="evidence.not.there",
        )
    return action.model_copy(update={"evidence": command.evidence})
