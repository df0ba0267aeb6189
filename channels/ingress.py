"""What a channel's package exports where its marketplace writes to a queue of ours."""

import importlib
from dataclasses import dataclass
from typing import Any, Protocol, cast

from channels.registry import UnknownChannelError, rows


@dataclass(frozen=True)
class Told:
    """What one message of the marketplace is about.

    Attributes:
        kind: The marketplace's word for it.
        owner: Whose it is, as the marketplace calls the seller; empty where it does not say.
        subscription: By what subscription it came; empty where it does not say.
        subject: What it is about, such as `report:51200199120`; one piece of work for each.
        event_id: Which fact it tells, equal for each repetition of that.
        order_id: The order it is about; None where it is about something else.
    """

    kind: str
    owner: str
    subscription: str
    subject: str
    event_id: str
    order_id: str | None


class IngressPackage(Protocol):
    """What the module named by a row's `ingress` exports. It is light: no client, no HTTP."""

    SENDER: str
    """The AWS account that writes to the queue."""

    def read_message(self, body: bytes) -> Told:
        """Reads one message of the queue.

        Raises:
            ContractError: Naming each field that does not fit; or its type is one that nothing
                waits for.
        """
        ...

    def owner_of(self, options: Any) -> str:
        """What the marketplace calls the seller of an account with these options."""
        ...

    def queue_of(self, options: Any) -> str:
        """The ARN of the account's queue; empty where it has none."""
        ...


def ingress(name: str) -> IngressPackage:
    """The ingress of a channel.

    Raises:
        UnknownChannelError: There is no such channel, or its marketplace writes to no queue.
    """
    row = rows().get(name)
    if row is None or not row.ingress:
        known = ", ".join(sorted(x.name for x in rows().values() if x.ingress)) or "none"
        raise UnknownChannelError(
            f"No channel {name!r} is written to a queue of ours. Those that are: {known}."
        )
    return load(row.ingress)


def load(module: str) -> IngressPackage:
    """The module of this name."""
    return cast(IngressPackage, importlib.import_module(module))
