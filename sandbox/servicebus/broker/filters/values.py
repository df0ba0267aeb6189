"""Values in rules: three-valued logic, comparison, arithmetic.

Unknown (a property that is not there) is None. What the service calls a filter exception is a
FilterError.
"""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from sandbox.servicebus.amqp.types import Timestamp


class FilterError(Exception):
    """A filter or action cannot be evaluated for a message, such as a division by zero."""


def is_number(value: Any) -> bool:
    """Whether it is a number; a boolean or a time is none."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, (bool, Timestamp))


def compare(sign: str, left: Any, right: Any) -> bool | None:
    """Compares; unknown where either side is, or where the types cannot be compared (ASSUMED)."""
    if left is None or right is None:
        return None
    if is_number(left) and is_number(right):
        left, right = _common(left, right)
    elif type(left) is not type(right) and not (isinstance(left, str) and isinstance(right, str)):
        return None
    if sign == "=":
        return bool(left == right)
    if sign in ("<>", "!="):
        return bool(left != right)
    if isinstance(left, bool):
        return None
    try:
        return bool(_ORDER[sign](left, right))
    except TypeError:
        return None


def calculate(sign: str, left: Any, right: Any) -> Any:
    """Calculates; unknown where either side is. Two texts are joined by `+`.

    Raises:
        FilterError: The operands do not fit, or a division by zero.
    """
    if left is None or right is None:
        return None
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if not (is_number(left) and is_number(right)):
        raise FilterError(f"{left!r} {sign} {right!r} cannot be calculated")
    left, right = _common(left, right)
    if sign in "/%" and right == 0:
        raise FilterError(f"{left!r} {sign} {right!r}: division by zero")
    return _ARITHMETIC[sign](left, right)


def negate(value: Any) -> Any:
    """The negative of a number; unknown stays unknown."""
    if value is None:
        return None
    if not is_number(value):
        raise FilterError(f"-{value!r} cannot be calculated")
    return -value


def like_pattern(pattern: str, escape: str | None) -> re.Pattern[str]:
    """Compiles a LIKE pattern: `%` any run of characters, `_` any one."""
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        sign = pattern[position]
        if escape is not None and sign == escape and position + 1 < len(pattern):
            position += 1
            parts.append(re.escape(pattern[position]))
        elif sign == "%":
            parts.append(".*")
        elif sign == "_":
            parts.append(".")
        else:
            parts.append(re.escape(sign))
        position += 1
    return re.compile("".join(parts), re.DOTALL)


def _common(left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, float) or isinstance(right, float):
        return float(left), float(right)
    return left, right


def _divide(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    return left / right


def _remainder(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return left - right * _divide(left, right)
    return math.fmod(left, right)


_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divide,
    "%": _remainder,
}
