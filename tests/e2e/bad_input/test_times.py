"""Times without a zone, in another unit, or that no clock shows. Trendyol's are milliseconds."""

import pytest

from tests.e2e.bad_input.edges import Edges


@pytest.mark.parametrize(
    ("field", "time"),
    [
        ("lastModifiedDate", "2026-11-24T08:40:02"),
        ("orderDate", "2026-11-24T08:40:02"),
        ("orderDate", "2026-11-24T08:40:02Z"),
        ("originShipmentDate", "24.11.2026"),
        ("lastModifiedDate", "1795502990000"),
        ("orderDate", -1),
        ("lastModifiedDate", 0),
        ("orderDate", 1.5),
        ("lastModifiedDate", True),
        ("lastModifiedDate", 10**18),
        ("orderDate", 253_402_300_800_000),
    ],
)
async def test_what_is_no_time_is_a_dead_letter(edges: Edges, field: str, time: object) -> None:
    package = edges.package(**{field: time})
    assert await edges.hook(package) == 200
    letter = await edges.letter(package)
    assert letter.reason == "contract"
    assert field in letter.description and package["orderNumber"] in letter.description
    assert await edges.is_unknown(package["orderNumber"])


@pytest.mark.parametrize("time", [1, 253_402_300_799_999], ids=["1970", "9999"])
async def test_the_ends_of_time_can_be_kept(edges: Edges, time: int) -> None:
    """The order's date runs three hours ahead, so that the first would lie before 1970."""
    package = edges.package(orderDate=time, packageHistories=[], originShipmentDate=None)
    assert await edges.hook(package) == 200
    row = await edges.order(package["orderNumber"], state="delivered", attention=None)
    whole = await edges.kept(row.ref)
    assert whole.placed_at.tzinfo is not None
    assert whole.placed_at.year == (1969 if time == 1 else 9999)
