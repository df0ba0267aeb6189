"""One SKU sold from two warehouses: neither stock moves for the other's orders or news."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from canonical.mirrored_stock import MirroredStock
from canonical.order import FulfilledBy
from channels.amazon import map_file
from tests.channels.amazon.samples import as_bytes, by_amazon, item, order

SKU = "KSA-TEA-0250"
START = datetime(2026, 11, 24, tzinfo=UTC)
ORDERS = st.tuples(st.sampled_from(["own", "amazon"]), st.integers(1, 9))
NEWS = st.tuples(st.just("news"), st.integers(0, 500))


def placed(kind: str, quantity: int, number: int) -> bytes:
    made: Any = order if kind == "own" else by_amazon
    return as_bytes(made(orderId=f"408-{number}", orderItems=[item(ordered=quantity)]))


@given(st.lists(st.one_of(ORDERS, NEWS), max_size=25))
def test_own_and_mirrored_stock_move_apart(happens: list[tuple[str, int]]) -> None:
    own, mirrored = 1_000, MirroredStock(channel_sku=SKU, fulfillable=70, as_of=START)
    expected_own, expected_there = 1_000, 70
    for number, (what, count) in enumerate(happens, 1):
        if what == "news":
            news = MirroredStock(
                channel_sku=SKU, fulfillable=count, as_of=START + timedelta(minutes=number)
            )
            mirrored, expected_there = mirrored.newer(news), count
        else:
            (found,) = map_file(placed(what, count, number), "main")
            (line,) = found.lines
            assert line.channel_sku == SKU
            # What the internal systems reserve: units of orders that are the seller's to fulfil.
            own -= line.ordered if found.fulfilled_by is FulfilledBy.SELLER else 0
            expected_own -= count if what == "own" else 0
    assert own == expected_own
    assert mirrored.fulfillable == expected_there
