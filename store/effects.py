"""Effects: what is done outside, fenced so that each is done once."""

from canonical.effects import Effect, EffectState
from canonical.identity import OrderRef
from canonical.states import OrderState
from store.results import Begun


class Effects:
    """One row for each (order, name), written before the call leaves."""

    async def begin(self, ref: OrderRef, name: str, order_version: int) -> Begun:
        """Claims an effect. Of any number of callers exactly one is told `SEND`.

        Raises:
            UnknownOrderError: The order has no row.
        """
        raise NotImplementedError

    async def finish(
        self,
        ref: OrderRef,
        name: str,
        state: EffectState,
        answer: str = "",
        told_state: OrderState | None = None,
    ) -> Effect:
        """Writes how it went; what is done stays done.

        Args:
            ref: The order.
            name: The effect.
            state: `done`, `refused` or `unknown`.
            answer: The other side's words.
            told_state: The order's state in the event that was published.
        """
        raise NotImplementedError

    async def release(self, ref: OrderRef, name: str) -> None:
        """Takes a claim back: the call provably never left, or was read back as not applied."""
        raise NotImplementedError

    async def reopen(self, ref: OrderRef) -> int:
        """Lets refused effects be sent again and unknown ones be read back; says how many."""
        raise NotImplementedError

    async def skip(self, ref: OrderRef, name: str, by: str, why: str) -> Effect:
        """Marks an effect as settled by a person; its answer says who and why."""
        raise NotImplementedError
