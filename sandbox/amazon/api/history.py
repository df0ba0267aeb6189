"""Lists of reports and of feeds, which are asked for alike: newest first, by type and time."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from sandbox.amazon import paging
from sandbox.amazon.api.windows import csv_of, moment, page_size
from sandbox.amazon.errors import invalid
from sandbox.amazon.gate import Call
from sandbox.engine.clock import DAY_MS, now_ms

MAX_TYPES = 10
RETENTION_MS = 90 * DAY_MS
STATUSES = frozenset({"CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE"})


class Entry(Protocol):
    """A report or a feed."""

    type: str
    status: str
    created_at: int


T = TypeVar("T", bound=Entry)


def types_of(query: dict[str, str], name: str) -> list[str]:
    """The types that are asked for.

    Raises:
        ApiError: 400, none or too many.
    """
    kinds = csv_of(query.get(name))
    if not 1 <= len(kinds) <= MAX_TYPES:
        raise invalid(f"{name} must name 1 to {MAX_TYPES} types.")
    return kinds


def page_of(call: Call, types_name: str, entries: Iterable[T]) -> tuple[list[T], str]:
    """A page, and the token of the next one or "".

    Args:
        call: The call; its nextToken must be the only parameter.
        types_name: "reportTypes" or "feedTypes".
        entries: All of the seller's, newest first.

    Raises:
        ApiError: 400, the query does not fit.
    """
    query, knobs, after = call.query, call.world.knobs, 0
    if text := query.get("nextToken"):
        if len(query) > 1:
            raise invalid("nextToken must be the only parameter.")
        life = knobs.scaled(knobs.orders_token_life_s)
        state = paging.take(knobs.seed, call.seller, call.operation.name, text, life)
        query, after = state["query"], state["after"]
    kinds = types_of(query, types_name)
    statuses = csv_of(query.get("processingStatuses"))
    if unknown := set(statuses) - STATUSES:
        raise invalid(f"processingStatuses has no {', '.join(sorted(unknown))}.")
    size = page_size(query.get("pageSize"), 1, 100, 10)
    now = now_ms()
    since = moment(query, "createdSince") if "createdSince" in query else now - RETENTION_MS
    until = moment(query, "createdUntil") if "createdUntil" in query else now
    if since < now - RETENTION_MS - DAY_MS:
        raise invalid("createdSince must not be more than 90 days ago.")
    found = [
        each
        for each in entries
        if each.type in kinds
        and since <= each.created_at <= until
        and (not statuses or each.status in statuses)
    ]
    if len(found) <= after + size:
        return found[after:], ""
    state = {"query": query, "after": after + size}
    token = paging.give(knobs.seed, call.seller, call.operation.name, state)
    return found[after : after + size], token
