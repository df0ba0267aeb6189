"""What people see of a workflow from outside: search attributes and the details in the web UI."""

from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from activities.signatures import search_attributes as names
    from canonical.attention import Attention


class Board:
    """Shows an attention, and what else is to be found; says nothing twice."""

    def __init__(self) -> None:
        self.attention: Attention | None = None
        """As shown, with the time since when."""

    def show(
        self,
        attention: Attention | None,
        *,
        since: datetime | None = None,
        values: dict[SearchAttributeKey[Any], Any] | None = None,
    ) -> None:
        """Brings the search attributes and the details up to date.

        Args:
            attention: What stands now; None takes down what stood.
            since: When an earlier run first saw it.
            values: Further attributes.
        """
        self.attention = attention and attention.model_copy(
            update={"since": self._since(attention) or since or workflow.now()}
        )
        shown = self.attention
        workflow.set_current_details(shown.as_markdown() if shown else "")
        wanted: dict[SearchAttributeKey[Any], Any] = {
            **(values or {}),
            names.ATTENTION: shown.word.value if shown else None,
            names.ATTENTION_SINCE: shown.since if shown else None,
        }
        updates = [u for key, value in wanted.items() if (u := _update(key, value))]
        if updates:
            workflow.upsert_search_attributes(updates)

    def _since(self, attention: Attention) -> datetime | None:
        stood = self.attention
        return stood.since if stood and stood.word is attention.word else None


def _update(key: SearchAttributeKey[Any], value: Any) -> SearchAttributeUpdate[Any] | None:
    """One change, or None where the value stands already: each upsert is an event."""
    if workflow.info().typed_search_attributes.get(key) == value:
        return None
    return key.value_unset() if value is None else key.value_set(value)
