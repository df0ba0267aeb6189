"""What a refusal for quota does: the quota nearest to its limit is closed and trusted less."""

from collections.abc import Sequence

from store.limiter.kinds import Held, kind_of


def refuse(quotas: Sequence[Held], now: float, until: float) -> None:
    """Changes the states: the marketplace does not say which quota it was."""
    blamed = max(quotas, key=lambda held: held.used(now) / held.capacity())
    kind_of(blamed.rule).refuse(blamed.rule, blamed.state, now)
    blamed.state.close(now, until)
