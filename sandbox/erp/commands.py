"""Commands as docs/bus.md describes them, as the bytes that are sent on every try."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.erp.keys import Ref, command_id

SCHEMA = "souk.command/1"
ACCEPT = "accept"
ACKNOWLEDGE = "acknowledge"
SHIP = "ship"
ANSWER_RETURN = "answer_return"


@dataclass(frozen=True)
class Command:
    """One command, ready to leave. A repeat is the same bytes under the same id."""

    command_id: str
    kind: str
    session_id: str
    body: bytes


def command(ref: Ref, kind: str, now: datetime, about: str = "", **fields: Any) -> Command:
    """The order's one command of this kind, or the one about this part of it."""
    name = command_id(ref, f"{kind}-{about}" if about else kind)
    return arbitrary({"kind": kind, "ref": ref.as_json(), **fields}, name, now)


def arbitrary(content: dict[str, Any], fresh_id: str, now: datetime) -> Command:
    """A command of any content; what is not given is filled in.

    Args:
        content: At least `kind` and `ref`.
        fresh_id: The id where the content has none.
        now: The time where the content has none.

    Raises:
        ValueError: `kind` or `ref` is missing or not readable.
    """
    kind = content.get("kind")
    if not isinstance(kind, str) or not kind:
        raise ValueError("a command needs a kind, e.g. accept, ship, reject, cancel")
    ref = Ref.of(content.get("ref") or {})
    at = now.astimezone(UTC).isoformat().replace("+00:00", "Z")
    filled = {"schema": SCHEMA, "command_id": fresh_id, "by": "erp", "at": at} | content
    return Command(
        command_id=str(filled["command_id"]),
        kind=kind,
        session_id=ref.key,
        body=json.dumps(filled, ensure_ascii=False).encode(),
    )
