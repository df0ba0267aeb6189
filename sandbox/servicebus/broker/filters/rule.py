"""One rule: a filter and perhaps an action."""

from collections.abc import Callable
from typing import Any

from sandbox.servicebus.amqp.encode import string
from sandbox.servicebus.amqp.message import with_application_properties
from sandbox.servicebus.broker.declaration import RuleSettings
from sandbox.servicebus.broker.filters.action import changed, parse_action
from sandbox.servicebus.broker.filters.correlation import compile_correlation
from sandbox.servicebus.broker.filters.parser import parse_filter
from sandbox.servicebus.broker.filters.view import View
from sandbox.servicebus.broker.incoming import Incoming


class Rule:
    """A compiled rule.

    Raises:
        AmqpError: Its filter or action is not understood.
    """

    def __init__(self, name: str, settings: RuleSettings) -> None:
        self.name = name
        self.settings = settings
        self._matches: Callable[[View], Any]
        if settings.correlation is not None:
            self._matches = compile_correlation(settings.correlation)
        else:
            self._matches = parse_filter(settings.sql or "1=1")
        self.always = (settings.sql or "").replace(" ", "") == "1=1"
        self._steps = parse_action(settings.action) if settings.action is not None else []

    @property
    def acts(self) -> bool:
        """Whether it has an action."""
        return bool(self._steps)

    def matches(self, view: View) -> bool:
        """Whether the rule takes a message.

        Raises:
            FilterError: It cannot be told.
        """
        return self.always or self._matches(view) is True

    def act(self, item: Incoming) -> Incoming:
        """The message after the rule's action, with the rule's name on it (service).

        Raises:
            FilterError: The action cannot be carried out.
        """
        for step in self._steps:
            item = step(item)
        name: dict[bytes, bytes | None] = {string("RuleName"): string(self.name)}
        return changed(item, with_application_properties(item.bare, name))
