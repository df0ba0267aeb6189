"""Actions of rules: SET and REMOVE."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox.servicebus.amqp.encode import NULL, encode, string
from sandbox.servicebus.amqp.message import with_application_properties, with_properties
from sandbox.servicebus.broker.filters.parser import Parser
from sandbox.servicebus.broker.filters.view import FIELDS, View
from sandbox.servicebus.broker.incoming import Incoming

Step = Callable[[Incoming], Incoming]


def parse_action(sql: str) -> list[Step]:
    """Compiles an action: statements with `;` between them.

    Raises:
        AmqpError: It is not understood.
    """
    parser = Parser(sql)
    steps = [_statement(parser)]
    while parser.take(";"):
        if parser.word.kind != "end":
            steps.append(_statement(parser))
    parser.end()
    return steps


def changed(item: Incoming, bare: bytes) -> Incoming:
    """The same message with another bare message."""
    return Incoming(item.head, item.notes, bare, item.ttl, item.due)


def _statement(parser: Parser) -> Step:
    word = parser.word
    verb = word.value.upper() if word.kind == "name" else ""
    if verb not in ("SET", "REMOVE"):
        raise parser.error("where SET or REMOVE should be")
    parser.advance()
    scope, name = parser.property_name()
    if scope == "sys" and name not in FIELDS:
        raise parser.error("comes behind a system property that cannot be changed")
    if verb == "REMOVE":
        return lambda item: _put(item, scope, name, None)
    parser.expect("=")
    value = parser.expression()
    return lambda item: _put(item, scope, name, value(View(item)))


def _put(item: Incoming, scope: str, name: str, value: Any) -> Incoming:
    if scope == "sys":
        encoded = NULL if value is None else string(str(value))
        return changed(item, with_properties(item.bare, {FIELDS[name]: encoded}))
    if isinstance(value, Decimal):
        value = float(value)
    change = None if value is None else encode(value)
    return changed(item, with_application_properties(item.bare, {string(name): change}))
