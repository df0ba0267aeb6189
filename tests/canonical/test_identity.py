"""Ids fit where they must go, and different orders never share one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from canonical.identity import (
    ID_LIMIT,
    OrderRef,
    account_workflow_id,
    bounded,
    poll_workflow_id,
)

PARTS = st.one_of(
    st.sampled_from(["a", "a:b", ":", "::", "%3A", "طلب-١٢٣", "x" * 300, "x" * 299 + "y", "a b"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300),
)
REFS = st.builds(OrderRef, channel=PARTS, account=PARTS, order_id=PARTS)


@given(REFS)
def test_ids_fit_and_are_plain_ascii(ref: OrderRef) -> None:
    for made in (ref.workflow_id, ref.key):
        assert 0 < len(made) <= ID_LIMIT
        assert made.isascii()
        assert made.isprintable()
        assert " " not in made


@given(REFS, REFS)
def test_different_orders_have_different_ids(one: OrderRef, other: OrderRef) -> None:
    assert (one == other) == (one.workflow_id == other.workflow_id)
    assert (one == other) == (one.key == other.key)


@pytest.mark.parametrize("order_id", ["1\x002", "\x00", "12\n", "1\x7f2", "12\ud800"])
def test_no_id_that_a_database_would_turn_into_another(order_id: str) -> None:
    with pytest.raises(ValidationError, match="order_id"):
        OrderRef(channel="c", account="a", order_id=order_id)


def test_colons_do_not_shift_from_one_part_to_the_next() -> None:
    refs = [
        OrderRef(channel="c", account="a:b", order_id="1"),
        OrderRef(channel="c", account="a", order_id="b:1"),
        OrderRef(channel="c:a", account="b", order_id="1"),
        OrderRef(channel="c", account="a%3Ab", order_id="1"),
    ]
    assert len({r.workflow_id for r in refs}) == len(refs)


def test_long_ids_differ_by_what_is_cut_off() -> None:
    long = [OrderRef(channel="c", account="a", order_id="x" * 299 + end) for end in "yz"]
    assert long[0].workflow_id != long[1].workflow_id
    assert long[0].workflow_id.startswith("order:c:a:xxx")


def test_the_kinds_of_workflow_do_not_collide() -> None:
    assert account_workflow_id("c", "a") != poll_workflow_id("c", "a")
    assert poll_workflow_id("c", "a", "orders") == poll_workflow_id("c", "a")
    assert poll_workflow_id("c", "a", "returns") != poll_workflow_id("c", "a:returns")
    assert bounded("x" * ID_LIMIT) == "x" * ID_LIMIT
