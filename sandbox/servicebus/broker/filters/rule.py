"""One rule: a filter and perhaps an action."""

from typing import Any, Final

from sandbox.servicebus.amqp.errors import ARGUMENT_ERROR, AmqpError
from sandbox.servicebus.broker.declaration import RuleSettings
from sandbox.servicebus.broker.filters.view import View
from sandbox.servicebus.broker.incoming import Incoming

_ALWAYS: Final = frozenset({"1=1", "true"})
_NEVER: Final = frozenset({"1=0", "false"})


class Rule:
    """A compiled rule."""

    def __init__(self, name: str, settings: RuleSettings) -> None:
        self.name = name
        self.settings = settings
        self.action: Any = None
        sql = settings.sql.replace(" ", "").lower() if settings.sql is not None else None
        self._always = sql in _ALWAYS
        if sql is not None and not self._always and sql not in _NEVER:
            raise AmqpError(ARGUMENT_ERROR, f"the filter {settings.sql!r} is not understood")
        self._correlation = settings.correlation

    def matches(self, item: Incoming) -> bool:
        """Whether the rule takes a message."""
        if self._always:
            return True
        if self._correlation is None:
            return False
        view = View(item)
        return all(view.correlated(name, value) for name, value in self._correlation.items())

    def act(self, item: Incoming) -> Incoming:
        """The message after the rule's action."""
        return item


def compile_rule(name: str, settings: RuleSettings) -> Rule:
    """Compiles a rule.

    Raises:
        AmqpError: Its filter or action is not understood.
    """
    return Rule(name, settings)
