"""Rules of a subscription: add, remove, enumerate."""

from typing import Any, Final

from sandbox.servicebus.amqp.errors import ARGUMENT_ERROR, ENTITY_EXISTS, NOT_FOUND, AmqpError
from sandbox.servicebus.amqp.types import Described, Int, Timestamp, ULong
from sandbox.servicebus.broker.declaration import RuleSettings
from sandbox.servicebus.broker.filters import Rule
from sandbox.servicebus.broker.topic import Subscription
from sandbox.servicebus.operations.base import Context

_RULE: Final = ULong(0x13700000004)
_TRUE: Final = ULong(0x1370000007)
_FALSE: Final = ULong(0x1370000008)
_SQL: Final = ULong(0x1370000006)
_CORRELATION: Final = ULong(0x1370000009)
_EMPTY_ACTION: Final = ULong(0x13700000005)
_SQL_ACTION: Final = ULong(0x13700000006)
"""Descriptors as @azure/core-amqp 4 has them (util/constants.js, `descriptorCodes`)."""
_CONSTANT: Final = {"1=1": _TRUE, "1=0": _FALSE}
_FIELDS: Final = (
    "correlation-id",
    "message-id",
    "to",
    "reply-to",
    "label",
    "session-id",
    "reply-to-session-id",
    "content-type",
)


def add(context: Context) -> None:
    """add-rule."""
    subscription = _subscription(context)
    name = context.get("rule-name", str)
    description = context.get("rule-description", dict)
    if name in subscription.rules:
        raise AmqpError(ENTITY_EXISTS, f"{subscription.queue.name} has a rule {name!r} already")
    subscription.rules.add(name, _settings(description))
    context.namespace.catalogue.save_rules(
        subscription, lambda error: context.answer({} if error is None else error)
    )


def remove(context: Context) -> None:
    """remove-rule."""
    subscription = _subscription(context)
    name = context.get("rule-name", str)
    if not subscription.rules.remove(name):
        raise AmqpError(NOT_FOUND, f"{subscription.queue.name} has no rule {name!r}")
    context.namespace.catalogue.save_rules(
        subscription, lambda error: context.answer({} if error is None else error)
    )


def enumerate_rules(context: Context) -> None:
    """enumerate-rules."""
    subscription = _subscription(context)
    skip, top = context.body.get("skip", 0), context.body.get("top", 100)
    rules = subscription.rules.all()[skip : skip + top]
    if not rules:
        context.answer(None)
        return
    context.answer({"rules": [{"rule-description": _described(rule)} for rule in rules]})


def _subscription(context: Context) -> Subscription:
    found = context.namespace.subscriptions.get(context.entity.lower())
    if found is None:
        raise AmqpError(NOT_FOUND, f"{context.entity!r} is no subscription")
    return found


def _settings(description: dict[Any, Any]) -> RuleSettings:
    action = description.get("sql-rule-action") or {}
    expression = action.get("expression") if isinstance(action, dict) else None
    sql = description.get("sql-filter")
    correlation = description.get("correlation-filter")
    if isinstance(sql, dict) and isinstance(sql.get("expression"), str):
        return RuleSettings(sql=sql["expression"], action=expression)
    if isinstance(correlation, dict):
        return RuleSettings(correlation=_correlation(correlation), action=expression)
    raise AmqpError(ARGUMENT_ERROR, "add-rule: neither a sql-filter nor a correlation-filter")


def _correlation(given: dict[Any, Any]) -> dict[str, Any]:
    wanted = {
        str(key).replace("-", "_"): value
        for key, value in given.items()
        if value is not None and key != "properties"
    }
    properties = given.get("properties")
    if isinstance(properties, dict) and properties:
        wanted["properties"] = {str(key): value for key, value in properties.items()}
    return wanted


def _described(rule: Rule) -> Described:
    settings = rule.settings
    if settings.correlation is not None:
        values = [settings.correlation.get(name.replace("-", "_")) for name in _FIELDS]
        values.append(settings.correlation.get("properties") or {})
        matching = Described(_CORRELATION, values)
    elif (settings.sql or "").replace(" ", "") in _CONSTANT:
        matching = Described(_CONSTANT[(settings.sql or "").replace(" ", "")], [])
    else:
        matching = Described(_SQL, [settings.sql, Int(20)])
    if settings.action is None:
        action = Described(_EMPTY_ACTION, [])
    else:
        action = Described(_SQL_ACTION, [settings.action, Int(20)])
    return Described(_RULE, [matching, action, rule.name, Timestamp(0)])
