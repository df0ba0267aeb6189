"""What was declared or changed at run time, kept for the next start."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sandbox.servicebus.broker.declaration import Declaration, RuleSettings, parse_declaration
from sandbox.servicebus.storage.commits import Done
from sandbox.servicebus.storage.store import Store

if TYPE_CHECKING:
    from sandbox.servicebus.broker.topic import Subscription

RuleMap = dict[str, RuleSettings]


class Catalogue:
    """Run-time declarations and changed rules in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def declarations(self) -> list[Declaration]:
        """The declarations that came over the admin port, in their order."""
        rows = self._store.query("SELECT body FROM declarations ORDER BY number")
        return [parse_declaration(json.loads(row[0])) for row in rows]

    def keep(self, content: Any) -> None:
        """Keeps a declaration."""
        self._store.commits.execute(
            "INSERT OR IGNORE INTO declarations (body) VALUES (?)", (_text(content),)
        )

    def rules(self, subscription: str, declared: RuleMap) -> RuleMap:
        """The rules of a subscription: those it had at the end, unless its declaration changed."""
        rows = self._store.query(
            "SELECT declared, current FROM rules WHERE subscription=?", (subscription.lower(),)
        )
        if not rows or rows[0][0] != _rules_text(declared):
            return declared
        return {name: RuleSettings(**rule) for name, rule in json.loads(rows[0][1]).items()}

    def save_rules(self, subscription: "Subscription", done: Done) -> None:
        """Keeps the rules of a subscription as they are now."""
        current = {rule.name: rule.settings for rule in subscription.rules.all()}
        self._store.commits.execute(
            "INSERT OR REPLACE INTO rules VALUES (?,?,?)",
            (
                subscription.queue.name.lower(),
                _rules_text(subscription.settings.rules),
                _rules_text(current),
            ),
        )
        self._store.after(done)


def _rules_text(rules: RuleMap) -> str:
    return _text({name: asdict(rule) for name, rule in rules.items()})


def _text(content: Any) -> str:
    return json.dumps(content, sort_keys=True, default=str)
