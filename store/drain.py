"""What an order's waiting inbox rows make of it. Pure: rows in, the new order and marks out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError

from canonical.commands import COMMAND
from canonical.identity import OrderRef
from canonical.merge import merge
from canonical.notice import Notice
from canonical.order import Order
from canonical.wishes import Wishes, fold
from store.misfit import misfit
from store.results import InboxKind, InboxState

CONTRACT = "contract"
"""The reason of a row that cannot be read."""

Read = Callable[[bytes], Order | Notice]


@dataclass(frozen=True)
class Taken:
    """One inbox row that waits."""

    id: int
    event_id: str
    kind: InboxKind
    source: str
    version: int
    body: bytes
    correlation_id: str
    received_at: datetime


@dataclass(frozen=True)
class Mark:
    """What became of it."""

    id: int
    state: InboxState
    reason: str | None = None
    description: str | None = None


class MisfitError(ValueError):
    """An event whose order the tables cannot hold."""


@dataclass
class Drain:
    """The order while its rows are taken one after the other, oldest first."""

    ref: OrderRef
    order: Order | None
    wishes: Wishes
    contract_problem: str | None
    first_received_at: datetime | None
    correlation_id: str
    heard_at: datetime | None = None
    notices: int = 0
    noticed_at: datetime | None = None
    changed: bool = False
    marks: list[Mark] = field(default_factory=list)

    def take(
        self, rows: Sequence[Taken], read: Read, unreadable: tuple[type[Exception], ...]
    ) -> None:
        """Applies all rows. Errors of `read` that are not named as unreadable pass through."""
        refused = (*unreadable, MisfitError)
        for row in sorted(rows, key=lambda r: (r.received_at, r.id)):
            if row.kind is InboxKind.COMMAND:
                self._command(row)
            else:
                self._event(row, read, refused)

    def count(self, state: InboxState) -> int:
        """How many rows ended so."""
        return sum(mark.state is state for mark in self.marks)

    def _event(self, row: Taken, read: Read, refused: tuple[type[Exception], ...]) -> None:
        first = self.first_received_at
        self.first_received_at = row.received_at if first is None else min(first, row.received_at)
        self.correlation_id = self.correlation_id or row.correlation_id
        try:
            news = read(row.body)
            if isinstance(news, Notice):
                self._notice(row, news)
                return
            merged = merge(self.order, news)
            problem = misfit(merged.order, self.ref)
            if problem is not None:
                raise MisfitError(f"The event was read and cannot be kept: {problem}.")
        except refused as error:
            self._dead(row, str(error))
            self.contract_problem = f"Event {row.event_id} ({row.source}) is unreadable: {error}"
            return
        if not merged.changed:
            self.marks.append(Mark(row.id, InboxState.SUPERSEDED))
            return
        self.order, self.changed = merged.order, True
        self.heard_at = max(filter(None, (self.heard_at, row.received_at)))
        self.contract_problem = "; ".join(merged.unexpected) or None
        self.marks.append(Mark(row.id, InboxState.APPLIED))

    def _notice(self, row: Taken, notice: Notice) -> None:
        if notice.order_id != self.ref.order_id:
            raise MisfitError(f"The event is about another order: {notice.order_id}.")
        self.notices += 1
        self.noticed_at = max(filter(None, (self.noticed_at, notice.changed_at)))
        self.marks.append(Mark(row.id, InboxState.APPLIED))

    def _command(self, row: Taken) -> None:
        try:
            command = COMMAND.validate_json(row.body)
        except ValidationError as error:
            problems = error.errors(include_input=False, include_url=False)
            fields = ", ".join(".".join(str(x) for x in p["loc"]) or p["msg"] for p in problems)
            self._dead(row, f"The command does not fit `souk.command/1`: {fields}.")
            return
        self.wishes = fold(self.wishes, command)
        self.marks.append(Mark(row.id, InboxState.APPLIED))

    def _dead(self, row: Taken, description: str) -> None:
        self.marks.append(Mark(row.id, InboxState.DEAD_LETTERED, CONTRACT, description))
