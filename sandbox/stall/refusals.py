"""What the marketplace says no with; each marketplace gives it its own body."""

from dataclasses import dataclass, field


@dataclass
class Refusal(Exception):
    """A call that is answered with an error."""

    status: int
    code: str
    words: str
    headers: dict[str, str] = field(default_factory=dict)


def not_found(what: str) -> Refusal:
    """There is no such thing, or it is another seller's."""
    return Refusal(404, "not_found", f"There is no {what}.")


def not_possible(words: str) -> Refusal:
    """The order is not in a state for it."""
    return Refusal(409, "not_possible", words)


def bad_request(words: str) -> Refusal:
    """The call itself is wrong."""
    return Refusal(400, "bad_request", words)
