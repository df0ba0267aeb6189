"""Statements on effects beyond the hot paths."""

from typing import Any

from sqlalchemy import Select, Update, case, null, select, update

from canonical.effects import EffectState
from store.dialects.port import Sql
from store.dialects.shapes import is_order
from store.dialects.stepwise import OPEN
from store.parameters import given
from store.statements import statement
from store.tables import effects, orders

_ANSWERLESS = (EffectState.SENT.value, EffectState.UNKNOWN.value)


def _of_order() -> Any:
    return effects.c.order_pk == select(orders.c.id).where(is_order()).scalar_subquery()


@statement
def kept_effect(sql: Sql) -> Select[Any]:
    return select(effects.c.name, effects.c.state, effects.c.answer).where(
        _of_order(), effects.c.name == given("name", effects.c.name)
    )


@statement
def release_effect(sql: Sql) -> Update:
    """Takes back what has no answer; done and refused effects stay as they are."""
    return (
        update(effects)
        .where(
            _of_order(),
            effects.c.name == given("effect", effects.c.name),
            effects.c.state.in_(_ANSWERLESS),
        )
        .values(state=OPEN, finished_at=null())
    )


@statement
def reopen_effects(sql: Sql) -> Update:
    """Refused ones are open again; unknown ones are as after a crash, to be read back first."""
    refused = effects.c.state == EffectState.REFUSED.value
    return (
        update(effects)
        .where(
            _of_order(),
            effects.c.state.in_((EffectState.REFUSED.value, EffectState.UNKNOWN.value)),
        )
        .values(state=case((refused, OPEN), else_=EffectState.SENT.value), finished_at=null())
    )
