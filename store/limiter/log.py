"""The log of a window: how many slots at which instant, oldest first."""

from typing import TypeAlias

Log: TypeAlias = list[tuple[float, int]]


def count(log: Log, after: float = float("-inf"), until: float = float("inf")) -> int:
    """How many slots, or how many after an instant and until another."""
    return sum(number for at, number in log if after < at <= until)


def pruned(log: Log, until: float) -> Log:
    """Without what lies at or before an instant."""
    return [entry for entry in log if entry[0] > until]


def split(log: Log, until: float, most: int) -> tuple[Log, Log]:
    """What lies at or before an instant, or before the newest so many instants, and the rest."""
    old = max(sum(at <= until for at, _ in log), len(log) - most)
    return log[:old], log[old:]


def last(log: Log) -> float:
    """The newest instant."""
    return log[-1][0] if log else float("-inf")


def from_end(log: Log, number: int) -> float:
    """The instant of the n-th newest slot; minus infinity where there are fewer."""
    for at, here in reversed(log):
        number -= here
        if number <= 0:
            return at
    return float("-inf")


def add(log: Log, at: float) -> None:
    """Notes a slot, which is not older than the newest."""
    if log and log[-1][0] == at:
        log[-1] = (at, log[-1][1] + 1)
    else:
        log.append((at, 1))


def without(log: Log, at: float) -> Log:
    """Without one slot of an instant, if it is there."""
    changed = [(t, n - 1) if t == at else (t, n) for t, n in log]
    return [entry for entry in changed if entry[1] > 0]


def clamped(log: Log, most: float) -> Log:
    """Instants beyond the given one moved to it: the clock was set back."""
    if last(log) <= most:
        return log
    kept = [entry for entry in log if entry[0] < most]
    return [*kept, (most, count(log) - count(kept))]
