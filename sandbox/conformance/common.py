"""What faults and ledgers of stand-ins have in common."""

from collections.abc import Mapping
from typing import Any, get_args

from sandbox.conformance.surface import CannotError
from sandbox.conformance.words import Fault, Part, ToldCalls

GATEWAY_PAGE = "<html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>"


def fault_fields(asked: Fault, kinds: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a stand-in's own fault, but for the operation.

    Args:
        asked: What is wanted.
        kinds: The stand-in's names of the kinds that it has.

    Raises:
        CannotError: It has no such kind.
    """
    if asked.kind not in kinds:
        raise CannotError(f"there is no fault {asked.kind} here")
    given: dict[str, Any] = {
        "seller": asked.seller,
        "kind": kinds[asked.kind],
        "times": asked.times,
        "after": asked.after,
        "seconds": asked.seconds,
    }
    if asked.kind in ("broken", "broken_after", "page"):
        given["status"] = asked.status
    if asked.kind == "page" or asked.html:
        given |= {"body": GATEWAY_PAGE, "headers": {"Content-Type": "text/html"}}
    if asked.kind == "throttled" and asked.retry_after is not None:
        given["headers"] = {"Retry-After": str(asked.retry_after)}
    return given


def calls_by_part(
    calls: Mapping[str, Mapping[str, Any]], operations: Mapping[str, tuple[str, ...]]
) -> dict[str, ToldCalls]:
    """Sums a stand-in's counts.

    Args:
        calls: `calls` and `throttled` by operation.
        operations: The operations of each part of the API; `any` has all.
    """
    parts: dict[str, ToldCalls] = {}
    for part in get_args(Part):
        wanted = operations.get(part, ())
        rows = [row for name, row in calls.items() if part == "any" or name in wanted]
        parts[part] = ToldCalls(
            calls=sum(row["calls"] for row in rows),
            throttled=sum(row["throttled"] for row in rows),
        )
    return parts
