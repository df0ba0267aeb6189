"""The SQL of rules, compiled to functions of a message.

The grammar is the one of "Subscription rule SQL filter syntax" and "... action syntax" in the
service's documentation, without parameters (`@name`), which only its HTTP interface can set.
"""

import uuid
from collections.abc import Callable
from typing import Any, Final

from sandbox.servicebus.amqp.errors import AmqpError
from sandbox.servicebus.broker.filters.lexer import Word, bad, words
from sandbox.servicebus.broker.filters.values import calculate, compare, like_pattern, negate
from sandbox.servicebus.broker.filters.view import SYSTEM, View

Expression = Callable[[View], Any]
_COMPARISONS: Final = frozenset({"=", "<>", "!=", ">", ">=", "<", "<="})
_MAX_SQL: Final = 1024
_MAX_DEPTH: Final = 32


class Parser:
    """Reads words from left to right."""

    def __init__(self, sql: str) -> None:
        if len(sql) > _MAX_SQL:
            raise bad(sql[:40], 0, f"is too long: {_MAX_SQL} characters at most")
        self.sql = sql
        self._words = words(sql)
        self._pos = 0
        self._depth = 0

    @property
    def word(self) -> Word:
        """The word that is next."""
        return self._words[self._pos]

    def take(self, *values: str) -> bool:
        """Moves on if the next word is a sign or keyword among these."""
        word = self.word
        found = word.kind in ("sign", "keyword") and word.value in values
        self._pos += found
        return found

    def advance(self) -> None:
        """Moves on."""
        self._pos += 1

    def expect(self, value: str) -> None:
        """Moves on over a sign or keyword that must be next."""
        if not self.take(value):
            raise self.error(f"where {value!r} should be")

    def error(self, why: str) -> AmqpError:
        """The error for the next word."""
        return bad(self.sql, self.word.at, why)

    def end(self) -> None:
        """Raises where something is left."""
        if self.word.kind != "end":
            raise self.error("is not understood")

    def predicate(self) -> Expression:
        """`a OR b`."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self.error(f"is nested deeper than {_MAX_DEPTH}")
        left = self._and()
        while self.take("OR"):
            left = _either(left, self._and())
        self._depth -= 1
        return left

    def _and(self) -> Expression:
        left = self._not()
        while self.take("AND"):
            left = _both(left, self._not())
        return left

    def _not(self) -> Expression:
        if self.take("NOT"):
            return _inverse(self._not())
        return self._test()

    def _test(self) -> Expression:
        if self.take("EXISTS"):
            self.expect("(")
            read = self._property()
            self.expect(")")
            return lambda view: read(view) is not None
        left = self.expression()
        word = self.word
        if word.kind == "sign" and word.value in _COMPARISONS:
            self._pos += 1
            right, sign = self.expression(), word.value
            return lambda view: compare(sign, left(view), right(view))
        if self.take("IS"):
            inverse = self.take("NOT")
            self.expect("NULL")
            return lambda view: (left(view) is None) is not inverse
        inverse = self.take("NOT")
        if self.take("IN"):
            return self._in(left, inverse)
        if self.take("LIKE"):
            return self._like(left, inverse)
        if inverse:
            raise self.error("where IN or LIKE should be")
        return left

    def _in(self, left: Expression, inverse: bool) -> Expression:
        self.expect("(")
        options = [self.expression()]
        while self.take(","):
            options.append(self.expression())
        self.expect(")")

        def test(view: View) -> bool | None:
            value = left(view)
            if value is None:
                return None
            return any(compare("=", value, option(view)) for option in options) is not inverse

        return test

    def _like(self, left: Expression, inverse: bool) -> Expression:
        pattern = self.expression()
        escape: str | None = None
        if self.take("ESCAPE"):
            escape = self.word.value
            if self.word.kind != "text" or len(escape) != 1:
                raise self.error("where one character in quotes should be")
            self._pos += 1

        def test(view: View) -> bool | None:
            value, wanted = left(view), pattern(view)
            if not isinstance(value, str) or not isinstance(wanted, str):
                return None
            return (like_pattern(wanted, escape).fullmatch(value) is not None) is not inverse

        return test

    def expression(self) -> Expression:
        """`a + b`."""
        left = self._product()
        while self.word.kind == "sign" and self.word.value in ("+", "-"):
            sign = self.word.value
            self._pos += 1
            left = _operation(sign, left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._factor()
        while self.word.kind == "sign" and self.word.value in ("*", "/", "%"):
            sign = self.word.value
            self._pos += 1
            left = _operation(sign, left, self._factor())
        return left

    def _factor(self) -> Expression:
        if self.take("-"):
            inner = self._factor()
            return lambda view: negate(inner(view))
        if self.take("+"):
            return self._factor()
        if self.take("("):
            inner = self.predicate()
            self.expect(")")
            return inner
        word = self.word
        if word.kind == "number":
            self._pos += 1
            return _constant(int(word.value) if word.value.isdigit() else float(word.value))
        if word.kind == "text":
            self._pos += 1
            return _constant(word.value)
        if self.take("TRUE", "FALSE"):
            return _constant(word.value == "TRUE")
        if self.take("NULL"):
            return _constant(None)
        return self._name()

    def _name(self) -> Expression:
        name = self.word.value.lower()
        if self.word.kind == "name" and self._words[self._pos + 1].value == "(":
            if name == "newid":
                self._pos += 2
                self.expect(")")
                return lambda _view: uuid.uuid4()
            if name in ("property", "p"):
                self._pos += 2
                inner = self.expression()
                self.expect(")")
                return lambda view: view.custom.get(inner(view))
            raise self.error("is no function; there are newid() and property(name)")
        return self._property()

    def _property(self) -> Expression:
        scope, name = self.property_name()
        if scope == "sys":
            return lambda view: view.system(name)
        return lambda view: view.custom.get(name)

    def property_name(self) -> tuple[str, str]:
        """A property: its scope (`sys` or `user`) and name, for `sys` the AMQP one."""
        if self.word.kind != "name":
            raise self.error("where a property should be")
        name = self.word.value
        self._pos += 1
        scope = "user"
        if name.lower() in ("sys", "user") and self.take("."):
            scope = name.lower()
            if self.word.kind != "name":
                raise self.error("where a property should be")
            name = self.word.value
            self._pos += 1
        if scope == "sys":
            known = SYSTEM.get(name.lower())
            if known is None:
                self._pos -= 1
                raise self.error(f"is no system property; there are {', '.join(sorted(SYSTEM))}")
            name = known
        return scope, name


def parse_filter(sql: str) -> Expression:
    """Compiles a filter.

    Raises:
        AmqpError: It is not understood.
    """
    parser = Parser(sql)
    compiled = parser.predicate()
    parser.end()
    return compiled


def _constant(value: Any) -> Expression:
    return lambda _view: value


def _operation(sign: str, left: Expression, right: Expression) -> Expression:
    return lambda view: calculate(sign, left(view), right(view))


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _either(left: Expression, right: Expression) -> Expression:
    def test(view: View) -> bool | None:
        first = _truth(left(view))
        if first:
            return True
        second = _truth(right(view))
        return second if second or first is not None else None

    return test


def _both(left: Expression, right: Expression) -> Expression:
    def test(view: View) -> bool | None:
        first = _truth(left(view))
        if first is False:
            return False
        second = _truth(right(view))
        if second is False:
            return False
        return True if first and second else None

    return test


def _inverse(inner: Expression) -> Expression:
    def test(view: View) -> bool | None:
        value = _truth(inner(view))
        return None if value is None else not value

    return test
