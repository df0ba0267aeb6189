"""Correlation filters: some properties must equal given values."""

from collections.abc import Callable
from typing import Any

from sandbox.servicebus.amqp.errors import ARGUMENT_ERROR, AmqpError
from sandbox.servicebus.broker.filters.values import is_number
from sandbox.servicebus.broker.filters.view import FIELDS, View


def compile_correlation(wanted: dict[str, Any]) -> Callable[[View], bool]:
    """Compiles a correlation filter.

    Args:
        wanted: System properties by name, and application properties under `properties`.

    Raises:
        AmqpError: A system property is not known, or nothing is asked for.
    """
    custom = wanted.get("properties") or {}
    if not isinstance(custom, dict):
        raise AmqpError(ARGUMENT_ERROR, "a correlation filter's properties must be a mapping")
    system = {
        name.replace("_", "-"): value
        for name, value in wanted.items()
        if name != "properties" and value is not None
    }
    for name in system:
        if name not in FIELDS:
            known = ", ".join(sorted(each.replace("-", "_") for each in FIELDS))
            raise AmqpError(
                ARGUMENT_ERROR, f"a correlation filter has no {name!r}; there are {known}"
            )
    if not system and not custom:
        raise AmqpError(ARGUMENT_ERROR, "a correlation filter must ask for something")

    def matches(view: View) -> bool:
        return all(_same(view.system(name), value) for name, value in system.items()) and all(
            _same(view.custom.get(name), value) for name, value in custom.items()
        )

    return matches


def _same(found: Any, wanted: Any) -> bool:
    if found is None:
        return False
    if is_number(found) and is_number(wanted):
        return bool(found == wanted)
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    return str(found) == str(wanted)
