"""What a row holds: one quota's past, as JSON that any database keeps. Times as in `rule`."""

from typing import NamedTuple

from pydantic import BaseModel, Field

from store.limiter.log import Log

MEMBER_FOR = 5_000.0
"""A process that has not been seen for so long waits for nothing."""
URGENT_WITHIN = 2_000.0
SEEN_LATELY = 1_000.0


class Member(NamedTuple):
    """A process that uses the quota, and how many of its calls wait."""

    seen: float
    bulk: int
    urgent: int
    change: int = 0
    """Of its changes, which it made last: it may not have heard that it succeeded."""

    def waits(self, now: float) -> bool:
        """Whether calls of it wait."""
        return self.seen > now - MEMBER_FOR and self.bulk + self.urgent > 0


class Closed(NamedTuple):
    """The marketplace said no."""

    at: float
    until: float


class Ticket(NamedTuple):
    """One call in each window, lent to a process, which needs no database for it."""

    holder: str
    first: float
    until: float


class Learned(BaseModel):
    """A limit below the declared one, measured after a refusal and probed upwards."""

    limit: float
    at: float
    probe_at: float
    step: float
    every: float
    passed: int = 0
    """Calls since `at`."""


class State(BaseModel):
    """One quota. Each kind uses its own fields."""

    closed: Closed | None = None
    learned: Learned | None = None
    told: float | None = None
    """The limit by the marketplace's own word, where that is not the declared one."""
    members: dict[str, Member] = Field(default_factory=dict)

    bulk: Log = Field(default_factory=list)
    urgent: Log = Field(default_factory=list)
    refused: Log = Field(default_factory=list)
    borrowed: float = 0.0
    tickets: list[Ticket] = Field(default_factory=list)

    bulk_tat: float = 0.0
    urgent_tat: float = 0.0

    held: dict[str, list[float]] = Field(default_factory=dict)
    """By process: until when each of its calls may last."""

    period: int = 0
    period_bulk: int = 0
    period_urgent: int = 0

    def dump(self) -> str:
        return self.model_dump_json(exclude_defaults=True)

    def see(self, process: str, now: float, bulk: int, urgent: int) -> None:
        """Notes a process and forgets those that have gone."""
        alive = {k: m for k, m in self.members.items() if m.seen > now - MEMBER_FOR}
        self.members = alive | {process: Member(round(now, 1), bulk, urgent)}

    def knows(self, process: str, now: float, bulk: int, urgent: int) -> bool:
        """Whether a process was seen lately, with calls of the same lanes waiting."""
        member = self.members.get(process)
        return (
            member is not None
            and member.seen > now - SEEN_LATELY
            and (member.bulk > 0, member.urgent > 0) == (bulk > 0, urgent > 0)
        )

    def sign(self, process: str, now: float, change: int) -> None:
        """Notes whose change this is, and which of its changes."""
        member = self.members.get(process, Member(round(now, 1), 0, 0))
        self.members[process] = member._replace(change=change)

    def signed(self, process: str, change: int) -> bool:
        """Whether a change of this process has reached the row."""
        return process in self.members and self.members[process].change == change

    def urgent_elsewhere(self, process: str, now: float) -> bool:
        """Whether another process has urgent calls waiting."""
        return any(
            m.urgent > 0 and m.seen > now - URGENT_WITHIN
            for name, m in self.members.items()
            if name != process
        )

    def waiting(self, now: float) -> tuple[int, int]:
        """How many calls wait in all: ordinary, urgent."""
        seen = [m for m in self.members.values() if m.waits(now)]
        return sum(m.bulk for m in seen), sum(m.urgent for m in seen)

    def opens(self, now: float) -> float:
        """When the marketplace takes calls again, by what it said."""
        return max(now, self.closed.until) if self.closed else now

    def close(self, now: float, until: float) -> None:
        """Keeps closed until then, or longer where it was."""
        if self.closed is None or self.closed.until < until:
            self.closed = Closed(now, until)
