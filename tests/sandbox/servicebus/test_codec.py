"""The AMQP codec: what it writes it reads, and garbage is garbage, never a crash."""

import math
import struct
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.servicebus.amqp.decode import decode, raw_items, skip
from sandbox.servicebus.amqp.encode import encode
from sandbox.servicebus.amqp.errors import AmqpError, DecodeError
from sandbox.servicebus.amqp.message import batch_items, split, with_application_properties
from sandbox.servicebus.amqp.types import Symbol, Timestamp, UInt, ULong
from sandbox.servicebus.broker.incoming import read_message

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(max_size=300),
    st.binary(max_size=300),
    st.uuids(),
    st.integers(-(2**60), 2**60).map(Timestamp),
    st.integers(0, 2**32 - 1).map(UInt),
    st.integers(0, 2**64 - 1).map(ULong),
    st.text(st.characters(codec="ascii"), max_size=20).map(Symbol),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=8), inner, max_size=8)
    ),
    max_leaves=30,
)


@given(VALUES)
def test_what_is_encoded_is_decoded(value: Any) -> None:
    encoded = encode(value)
    assert decode(encoded, 0) == (value, len(encoded))
    assert skip(encoded, 0) == len(encoded)


@settings(max_examples=500)
@given(st.binary(max_size=200))
def test_garbage_is_refused(garbage: bytes) -> None:
    for read in (
        lambda: decode(garbage, 0),
        lambda: skip(garbage, 0),
        lambda: raw_items(garbage, 0),
        lambda: split(garbage),
        lambda: batch_items(garbage),
    ):
        try:
            read()
        except DecodeError:
            continue


@settings(max_examples=500)
@given(st.data())
def test_a_damaged_message_is_refused_or_harmless(data: st.DataObject) -> None:
    whole = (
        b"\x00\x53\x70" + encode([True, None, UInt(5)]) + b"\x00\x53\x72" + encode({"x-opt": "y"})
    )
    whole += b"\x00\x53\x73" + encode(["id", b"user"]) + b"\x00\x53\x74" + encode({"k": 1})
    whole += b"\x00\x53\x75" + encode(b"body")
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        item = read_message(bytes(damaged[: data.draw(st.integers(0, len(whole)))]))
    except AmqpError:
        return
    with_application_properties(item.bare, {encode("DeadLetterReason"): encode("r")})


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"\x74\x32\x80\x00\x05", Decimal("5")),
        (b"\x84\x31\xc0" + b"\x00" * 5 + b"\x05", Decimal("5")),
        (bytes.fromhex("94303c0000000000000000000000003039"), Decimal("123.45")),
        (bytes.fromhex("94b03c000000000000112210f47de98115"), Decimal("-12345678901234567.89")),
        (bytes.fromhex("9430540000000000000000000000000001"), Decimal("1E+10")),
        (b"\x94\x78" + b"\x00" * 15, Decimal("Infinity")),
        (b"\x94\xf8" + b"\x00" * 15, Decimal("-Infinity")),
    ],
)
def test_decimals(raw: bytes, expected: Decimal) -> None:
    assert decode(raw, 0)[0] == expected


def test_not_a_number() -> None:
    assert math.isnan(decode(b"\x94\x7c" + b"\x00" * 15, 0)[0])
    assert math.isnan(decode(b"\x82" + struct.pack(">d", math.nan), 0)[0])


def test_arrays() -> None:
    one = uuid.uuid4()
    assert decode(b"\xe0\x12\x01\x98" + one.bytes, 0)[0] == [one]
    assert decode(b"\xe0\x04\x02\x50\x01\x02", 0)[0] == [1, 2]
    with pytest.raises(DecodeError):
        decode(b"\xf0\x00\x00\x00\x05\xff\xff\xff\xff\x40", 0)
