"""How much of everything there was: a run in which nothing happened proves nothing."""

from collections import Counter
from collections.abc import Iterable

from sandbox.judge.expected import ExpectedOrder


def happened(orders: Iterable[ExpectedOrder]) -> dict[str, int]:
    """Orders cancelled whole, in part, or split in successors; returns that were settled."""
    counts: Counter[str] = Counter()
    for order in orders:
        lost = any(line.cancelled for line in order.lines)
        counts["cancelled"] += order.state == "cancelled"
        counts["partly_cancelled"] += lost and order.state != "cancelled"
        carried_on = {origin for parcel in order.parcels for origin in parcel.origins}
        counts["split"] += any(
            parcel.state == "replaced" and parcel.parcel_id in carried_on
            for parcel in order.parcels
        )
        for state in ("accepted", "rejected"):
            counts[f"returns_{state}"] += sum(each.state == state for each in order.returns)
    return dict(counts)
