"""What was done to an order at the marketplace: every write once, nothing after a cancel."""

from collections.abc import Iterator

from sandbox.judge.expected import ExpectedOrder


def problems(expected: ExpectedOrder) -> Iterator[str]:
    """Yields a sentence for everything that must not have happened there."""
    for write in expected.writes:
        if write.applied > 1:
            yield (
                f"the seller's write {write.what!r} took effect {write.applied} times"
                f" on parcel {write.parcel_id}, once is right"
            )
    for parcel in expected.parcels:
        if parcel.steps_after_death:
            steps = ", ".join(parcel.steps_after_death)
            yield f"parcel {parcel.parcel_id} went on to {steps} after it was cancelled"
    yield from _too_many(expected)


def _too_many(expected: ExpectedOrder) -> Iterator[str]:
    for skus in dict.fromkeys(line.skus for line in expected.lines):
        lines = [line for line in expected.lines if line.skus == skus]
        ordered = sum(line.ordered for line in lines)
        left, cancelled = sum(x.shipped for x in lines), sum(x.cancelled for x in lines)
        if left + cancelled > ordered:
            yield (
                f"product {' or '.join(sorted(skus))}: {left} units left and {cancelled} were"
                f" cancelled, of {ordered} ordered"
            )
