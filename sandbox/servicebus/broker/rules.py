"""The rules of a subscription."""

from sandbox.servicebus.broker.declaration import RuleSettings
from sandbox.servicebus.broker.filters import Rule, compile_rule
from sandbox.servicebus.broker.incoming import Incoming


class Rules:
    """Which messages a subscription takes, and what its actions make of them.

    Without rules it takes none. A message that matches several rules without an action comes once;
    each matching rule with an action makes a copy of its own (service).
    """

    def __init__(self, rules: dict[str, RuleSettings]) -> None:
        self._rules: dict[str, Rule] = {}
        for name, settings in rules.items():
            self._rules[name] = compile_rule(name, settings)

    def __contains__(self, name: str) -> bool:
        return self._find(name) is not None

    def all(self) -> list[Rule]:
        """The rules by name."""
        return [self._rules[name] for name in sorted(self._rules)]

    def add(self, name: str, settings: RuleSettings) -> None:
        """Adds a rule; raises where it cannot be understood."""
        self._rules[name] = compile_rule(name, settings)

    def remove(self, name: str) -> bool:
        """Takes a rule away and says whether there was one."""
        found = self._find(name)
        return found is not None and self._rules.pop(found, None) is not None

    def apply(self, item: Incoming) -> list[Incoming]:
        """The copies that the subscription gets of a message."""
        plain, copies = False, []
        for rule in self._rules.values():
            if not rule.matches(item):
                continue
            if rule.action is None:
                plain = True
            else:
                copies.append(rule.act(item))
        return [item, *copies] if plain else copies

    def _find(self, name: str) -> str | None:
        return next((known for known in self._rules if known.lower() == name.lower()), None)
