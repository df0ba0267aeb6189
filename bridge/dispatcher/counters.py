"""What a queue's loop has done since the process started: plain numbers for the health port."""

from dataclasses import asdict, dataclass


@dataclass
class Counters:
    """Counts of messages, but for the last."""

    received: int = 0
    handed_over: int = 0
    """Their order's workflow was told."""
    duplicates: int = 0
    """Known as applied or superseded: settled without waking anybody."""
    dead_lettered: int = 0
    """By us, with a reason."""
    lock_lost: int = 0
    """Came again or will; what was done for them stands and is not done twice."""
    not_started: int = 0
    """Of these, such whose lock had run out before anything was begun."""
    abandoned: int = 0
    """Given back in an outage, or since Temporal refused them."""
    bus_losses: int = 0
    """Times that the link to the bus broke."""

    def as_json(self) -> dict[str, int]:
        return asdict(self)
