"""The rules of a subscription."""

from sandbox.servicebus.broker.declaration import RuleSettings
from sandbox.servicebus.broker.filters import Rule, View
from sandbox.servicebus.broker.incoming import Incoming


class Rules:
    """Which messages a subscription takes, and what its actions make of them.

    Without rules it takes none. A message that matches several rules without an action comes once;
    each matching rule with an action makes a copy of its own (service: "Topic filters and
    actions").
    """

    def __init__(self, rules: dict[str, RuleSettings]) -> None:
        self._rules = {name: Rule(name, settings) for name, settings in rules.items()}

    def __contains__(self, name: str) -> bool:
        return self._find(name) is not None

    def all(self) -> list[Rule]:
        """The rules by name."""
        return [self._rules[name] for name in sorted(self._rules)]

    def add(self, name: str, settings: RuleSettings) -> None:
        """Adds a rule.

        Raises:
            AmqpError: It is not understood.
        """
        self._rules[name] = Rule(name, settings)

    def remove(self, name: str) -> bool:
        """Takes a rule away and says whether there was one."""
        found = self._find(name)
        return found is not None and self._rules.pop(found, None) is not None

    def apply(self, item: Incoming, view: View) -> list[Incoming]:
        """The copies that the subscription gets of a message.

        Raises:
            FilterError: A rule cannot be evaluated for it.
        """
        plain, copies = False, []
        for rule in self._rules.values():
            if (not rule.acts and plain) or not rule.matches(view):
                continue
            if rule.acts:
                copies.append(rule.act(item))
            else:
                plain = True
        return [item, *copies] if plain else copies

    def _find(self, name: str) -> str | None:
        return next((known for known in self._rules if known.lower() == name.lower()), None)
