"""JSON without floats, and cutting elements out of it without re-writing them."""

import json
from decimal import Decimal
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, NoReturn

_BLANK = " \t\n\r"


class NotJsonError(ValueError):
    """A body is not JSON, or not such as a marketplace can mean."""


def _no_constant(name: str) -> NoReturn:
    raise NotJsonError(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant)


def parse(body: bytes | str) -> Any:
    """Reads JSON; numbers with a point or an exponent become `Decimal`.

    Raises:
        NotJsonError: Saying where it ends to be JSON, never quoting it.
    """
    text = _text(body)
    value, end = _scan(text, _past_blank(text, 0))
    if _past_blank(text, end) != len(text):
        raise NotJsonError(f"the body goes on after its end at character {end}")
    return value


def elements(body: bytes, key: str) -> tuple[bytes, ...] | None:
    """Cuts the elements of a top-level array, or of the array under a top-level `key`.

    Each keeps its very characters, so that what is stored is what came.

    Returns:
        The elements in order, or None where there is no such array.

    Raises:
        NotJsonError: The body is not JSON.
    """
    text = _text(body)
    parse(text)
    start = _past_blank(text, 0)
    at = start if text[start] == "[" else _array_under(text, start, key)
    return None if at is None else tuple(e.encode("utf-8", "surrogatepass") for e in _cut(text, at))


def _array_under(text: str, at: int, key: str) -> int | None:
    """Where the array under `key` opens; the last one, as parsers see it."""
    if text[at] != "{":
        return None
    found = None
    at = _past_blank(text, at + 1)
    while text[at] != "}":
        name, at = scanstring(text, at + 1, True)
        at = _past_blank(text, _past_blank(text, at) + 1)
        if name == key:
            found = at if text[at] == "[" else None
        at = _past_comma(text, _scan(text, at)[1])
    return found


def _cut(text: str, at: int) -> list[str]:
    parts = []
    at = _past_blank(text, at + 1)
    while text[at] != "]":
        end = _scan(text, at)[1]
        parts.append(text[at:end])
        at = _past_comma(text, end)
    return parts


def _text(body: bytes | str) -> str:
    if isinstance(body, str):
        return body
    try:
        return body.decode(json.detect_encoding(body), "surrogatepass")
    except UnicodeDecodeError as e:
        raise NotJsonError(f"the body is not text: byte {e.start} is not {e.encoding}") from None


def _scan(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except NotJsonError:
        raise
    except json.JSONDecodeError as e:
        raise NotJsonError(f"the body is not JSON: {e.msg} at character {e.pos}") from None
    except (ValueError, ArithmeticError):
        raise NotJsonError("the body holds a number that cannot be read") from None
    except RecursionError:
        raise NotJsonError("the body is nested too deeply") from None


def _past_blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def _past_comma(text: str, at: int) -> int:
    at = _past_blank(text, at)
    return _past_blank(text, at + 1) if text[at] == "," else at
