"""What a refusal for quota does: the quota nearest to its limit is closed and trusted less."""

from collections.abc import Sequence

from store.limiter.kinds import Held, kind_of


def refuse(quotas: Sequence[Held], now: float, until: float, left: float) -> None:
    """Changes the states: the marketplace does not say which quota it was.

    Args:
        quotas: All that count the call.
        now: By the database's clock.
        until: When calls may leave again.
        left: When the refused call left.
    """
    blamed = max(quotas, key=lambda held: held.used(now) / held.capacity())
    kind_of(blamed.rule).refuse(blamed.rule, blamed.state, now, left)
    blamed.state.close(now, until)
