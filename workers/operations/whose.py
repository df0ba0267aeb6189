"""From what a person types to one order."""

import re
from urllib.parse import unquote

from canonical.identity import OrderRef
from store import Store
from workers.operations.errors import NotFoundError, UnclearError

WORKFLOW_ID = re.compile(r"(?:order:)?(?P<channel>[^:]+):(?P<account>[^:]+):(?P<order_id>[^:~]+)")


def spelled_out(text: str) -> OrderRef | None:
    """Reads a workflow id or an order's key; None where it is neither, or was cut."""
    match = WORKFLOW_ID.fullmatch(text)
    if match is None:
        return None
    return OrderRef(**{name: unquote(part) for name, part in match.groupdict().items()})


async def whose(
    store: Store, text: str, channel: str | None = None, account: str | None = None
) -> OrderRef:
    """Finds the order that is meant.

    Args:
        store: Where orders are looked up.
        text: The marketplace's order number, or the workflow id.
        channel: Only this channel's.
        account: Only this account's.

    Raises:
        NotFoundError: There is none.
        UnclearError: Several accounts have this order number.
    """
    spelled = spelled_out(text)
    if spelled is not None:
        return spelled
    found = await store.orders.find(channel=channel, account=account, order_id=text, limit=20)
    refs = [summary.ref for summary in found]
    if not refs:
        where = " ".join(x for x in (channel, account) if x)
        raise NotFoundError(
            f"There is no order {text}{f' at {where}' if where else ''}."
            " `souk order list` shows those there are, `souk dlq list` what could not be read."
        )
    if len(refs) > 1:
        which = ", ".join(f"{ref.channel} {ref.account}" for ref in refs)
        raise UnclearError(
            f"Order {text} exists {len(refs)} times ({which})."
            f" Say which: --account {refs[0].account}, or the workflow id {refs[0].workflow_id}."
        )
    return refs[0]
