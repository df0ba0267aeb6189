"""Times and lists in queries, which both versions of the orders API ask for alike."""

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.amazon import stamps
from sandbox.amazon.errors import invalid
from sandbox.amazon.gate import Call
from sandbox.amazon.model import Order
from sandbox.engine.clock import now_ms


@dataclass
class Window:
    """A span of creation or of update times, both ends included."""

    family: str
    start: int
    end: int

    def position(self, order: Order) -> tuple[int, str]:
        """Where an order stands in the list."""
        updated = self.family.lower().startswith("lastupdate")
        return (order.updated_at if updated else order.purchased_at, order.order_id)

    def select(self, orders: Iterable[Order]) -> list[Order]:
        """The orders of the span, oldest first."""
        found = [each for each in orders if self.start <= self.position(each)[0] <= self.end]
        return sorted(found, key=self.position)


def window(call: Call, query: dict[str, str], created: str, updated: str) -> Window:
    """The span that a query names.

    Args:
        call: The call.
        query: Its parameters.
        created: The prefix of the family of creation times, "created" or "Created".
        updated: The prefix of the other family.

    Raises:
        ApiError: 400, both families or none, or a Before that is too new or too early.
    """
    asked = [prefix for prefix in (created, updated) if f"{prefix}After" in query]
    if len(asked) != 1:
        raise invalid(f"Give exactly one of {created}After and {updated}After.")
    family = asked[0]
    other = updated if family == created else created
    if f"{other}Before" in query:
        raise invalid(f"{other}Before does not go with {family}After.")
    start = moment(query, f"{family}After")
    newest = now_ms() - call.world.knobs.lag_ms()
    if f"{family}Before" not in query:
        return Window(family, start, max(newest, start))
    end = moment(query, f"{family}Before")
    if end > newest:
        raise invalid(f"{family}Before must be at least two minutes in the past.")
    if end < start:
        raise invalid(f"{family}Before must not be earlier than {family}After.")
    return Window(family, start, end)


def moment(query: dict[str, str], name: str) -> int:
    """A time of the query as epoch milliseconds.

    Raises:
        ApiError: 400, it is no ISO 8601.
    """
    try:
        return stamps.read(query[name])
    except ValueError as trouble:
        raise invalid(f"{name} is not in ISO 8601 format.") from trouble


def csv_of(text: str | None) -> list[str]:
    """The values of a comma-joined list."""
    return [each.strip() for each in (text or "").split(",") if each.strip()]


def page_size(text: str | None, least: int, most: int, usual: int) -> int:
    """How many entries a page has.

    Raises:
        ApiError: 400, it is no number of the range.
    """
    if text is None:
        return usual
    if not text.isdigit() or not least <= int(text) <= most:
        raise invalid(f"The page size must be {least} to {most}.")
    return int(text)
