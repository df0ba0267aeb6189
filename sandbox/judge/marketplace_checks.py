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
    for line in expected.lines:
        if line.shipped + line.cancelled > line.ordered:
            yield (
                f"line {line.line_id}: {line.shipped} units left and {line.cancelled} were"
                f" cancelled, of {line.ordered} ordered"
            )
