"""Effects: what is done outside, fenced so that each is done once."""

from sqlalchemy import Connection

from canonical.effects import Effect, EffectState, publish_name
from canonical.events import OrderEventKind
from canonical.identity import OrderRef
from canonical.states import OrderState
from store.database import Database
from store.dialects.port import Told
from store.dialects.stepwise import effect_of, finish_effect, insert_effect
from store.errors import StoreError, UnknownOrderError
from store.parameters import run
from store.results import Begun
from store.sql.effects import kept_effect, release_effect, reopen_effects

ANSWERED = frozenset({publish_name(OrderEventKind.RECEIVED), publish_name(OrderEventKind.RELEASED)})
"""Events that the internal systems must answer: the wait is counted from their publishing."""


class NotBegunError(StoreError):
    """An outcome for an effect that was never begun: a mistake of the caller."""


class Effects:
    """One row for each (order, name), written before the call leaves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, ref: OrderRef, name: str, order_version: int) -> Begun:
        """Claims an effect. Of any number of callers exactly one is told `SEND`.

        Raises:
            UnknownOrderError: The order has no row.
        """
        key = ref.model_dump()
        begun = await self._database.path(
            lambda c: self._database.dialect.begin(c, key, name, order_version)
        )
        if begun is None:
            raise UnknownOrderError(ref)
        return begun

    async def finish(
        self,
        ref: OrderRef,
        name: str,
        state: EffectState,
        answer: str = "",
        told_state: OrderState | None = None,
        told_digest: str | None = None,
    ) -> Effect:
        """Writes how it went; what is done stays done.

        Args:
            ref: The order.
            name: The effect.
            state: `done`, `refused` or `unknown`.
            answer: The other side's words.
            told_state: The order's state in the event that was published.
            told_digest: The order's digest in it.

        Raises:
            NotBegunError: There is no such effect.
        """
        key = ref.model_dump()
        told = Told(told_state, told_digest, name in ANSWERED) if told_state else None
        written = await self._database.path(
            lambda c: self._database.dialect.finish(c, key, name, state, answer, told)
        )
        if written:
            return Effect(name=name, state=state, answer=answer)
        return await self._kept(ref, name)

    async def release(self, ref: OrderRef, name: str) -> None:
        """Takes a claim back: the call provably never left, or was read back as not applied."""
        values = {**ref.model_dump(), "effect": name}
        await self._database.quick(lambda c: run(c, release_effect(self._database.dialect), values))

    async def reopen(self, ref: OrderRef) -> int:
        """Lets refused effects be sent again and unknown ones be read back; says how many."""
        done = await self._database.quick(
            lambda c: run(c, reopen_effects(self._database.dialect), ref.model_dump())
        )
        return done.rowcount

    async def skip(self, ref: OrderRef, name: str, by: str, why: str) -> Effect:
        """Marks an effect as settled by a person; its answer says who and why.

        Raises:
            UnknownOrderError: The order has no row.
        """
        sql = self._database.dialect
        key = {**ref.model_dump(), "name": name}

        def work(connection: Connection) -> bool:
            row = run(connection, effect_of(sql), key).first()
            if row is None:
                return False
            claim = {"pk": row.id, "name": name, "order_version": row.version}
            run(connection, insert_effect(sql), claim)
            settled = {
                "pk": row.id,
                "name": name,
                "outcome": EffectState.DONE.value,
                "answer": f"skipped by {by}: {why}",
            }
            run(connection, finish_effect(sql), settled)
            return True

        if not await self._database.transaction(work):
            raise UnknownOrderError(ref)
        return await self._kept(ref, name)

    async def _kept(self, ref: OrderRef, name: str) -> Effect:
        values = {**ref.model_dump(), "name": name}
        row = await self._database.quick(
            lambda c: run(c, kept_effect(self._database.dialect), values).first()
        )
        if row is None:
            raise NotBegunError(
                f"Effect `{name}` of order {ref.order_id} ({ref.channel}/{ref.account}) has an"
                " outcome and was never begun: call `effects.begin` before anything is sent."
            )
        return Effect(name=row.name, state=EffectState(row.state), answer=row.answer)
