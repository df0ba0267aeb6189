"""What comes in from outside is checked inside.

Signals are taken raw, since the SDK logs and drops one whose arguments its handler's types refuse.
Updates with such arguments are refused by the SDK, all but a null, which passes for any type.
"""

from collections.abc import Sequence

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.signatures.asks import Asked
    from activities.signatures.start import NEWS
    from canonical.attention import Attention, AttentionWord
    from canonical.text import cut

NAME_LIMIT = 80


def news_problem(name: str, args: Sequence[RawValue]) -> str:
    """Says why a signal is not news with a list of event ids; empty where it is."""
    if name != NEWS:
        return f"A signal `{cut(name, NAME_LIMIT)}` came, which this workflow does not know."
    if not args:
        return ""
    if len(args) > 1:
        return f"A signal `{NEWS}` came with {len(args)} arguments instead of one."
    try:
        ids = workflow.payload_converter().from_payload(args[0].payload, list[str])
    except Exception as error:  # noqa: BLE001 - whatever a payload does to its decoder
        kind = type(error).__name__
        return f"A signal `{NEWS}` came whose argument is not a list of event ids ({kind})."
    return "" if isinstance(ids, list) else f"A signal `{NEWS}` came with nothing in it."


def said_who_and_why(asked: object) -> None:
    """Refuses an update without its argument.

    Raises:
        ApplicationError: Saying how to ask.
    """
    if not isinstance(asked, Asked):
        raise ApplicationError('Say who asks and why: {"by": "...", "why": "..."}.')


def unreadable_signal(problem: str) -> Attention:
    """The inbox is read at every signal, whatever it carries; a person should know all the same."""
    return Attention.of(
        AttentionWord.CONTRACT,
        problem,
        "nothing: the inbox was read, and the order goes on",
        "Find who sent it in the workflow's history, then `souk order resync` to take this down.",
    )
