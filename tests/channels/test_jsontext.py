"""JSON is read without floats, and elements are cut out with their very bytes."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.jsontext import NotJsonError, elements, parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_numbers_are_exact() -> None:
    assert parse(b'{"a": 69.75, "b": 1e2, "c": 7330001234567890123456}') == {
        "a": Decimal("69.75"),
        "b": Decimal("1E+2"),
        "c": 7330001234567890123456,
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<html>no</html>",
        b"{",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1} {"b": 2}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": 1e99999999999999999999}',
        b"[" * 100_000,
        b'"\xff\xfe\xfd"',
    ],
    ids=range(11),
)
def test_what_is_not_json_is_told_without_quoting_it(body: bytes) -> None:
    with pytest.raises(NotJsonError) as refused:
        parse(body)
    assert len(str(refused.value)) < 100
    with pytest.raises(NotJsonError):
        elements(body, "content")


def test_nul_and_half_characters_are_read() -> None:
    assert parse(rb'["a\u0000b", "\ud83c", "\\u0000"]') == ["a\0b", "\ud83c", r"\u0000"]
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_elements_keep_their_bytes() -> None:
    body = '{"size":1, "content" : [ {"a":1.10, "ن":"\\u0646"} ,\n[1 , 2],"x" ] , "z":{}}'.encode()
    cut = elements(body, "content")
    assert cut == ('{"a":1.10, "ن":"\\u0646"}'.encode(), b"[1 , 2]", b'"x"')


def test_a_bare_array_and_what_has_no_array() -> None:
    assert elements(b" [1, {}] ", "content") == (b"1", b"{}")
    assert elements(b"[]", "content") == ()
    assert elements(b'{"content": []}', "content") == ()
    for body in (b"{}", b"7", b'"content"', b'{"content": {}}', b'{"a": {"content": [1]}}'):
        assert elements(body, "content") is None
    assert elements(b'{"content": [1], "content": [2]}', "content") == (b"2",)


@given(st.lists(JSON, max_size=5), st.dictionaries(st.text(), JSON, max_size=3), st.booleans())
def test_cutting_and_reading_agree(
    items: list[object], around: dict[str, object], ascii_only: bool
) -> None:
    whole = {**around, "content": items}
    text = json.dumps(whole, ensure_ascii=ascii_only, indent=1)
    cut = elements(text.encode("utf-8", "surrogatepass"), "content")
    assert cut is not None
    assert [json.loads(c) for c in cut] == items


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        elements(body, "content")
    except NotJsonError:
        with pytest.raises(NotJsonError):
            parse(body)
