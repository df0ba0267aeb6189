"""Views as the store would give them, built in a line."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from canonical.abilities import Abilities, Carries, Polling, Returns
from canonical.actions import ActionKind
from canonical.commands import Command, ShipLine
from canonical.effects import Effect, EffectState
from canonical.identity import OrderRef
from canonical.order import ParcelLine
from canonical.plan import Plan, plan
from canonical.returns import ReturnState, return_state
from canonical.states import ParcelState, order_state
from canonical.view import OrderView, ParcelView, ReturnItemView, ReturnView
from canonical.wishes import Wishes, fold

REF = OrderRef(channel="toy", account="main", order_id="A-1")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SILENCE = timedelta(hours=2)
PACE = Polling(every=timedelta(minutes=5), overlap=timedelta(hours=4), reach=timedelta(days=14))

EVERYTHING = Abilities(
    actions=frozenset(ActionKind),
    event_carries=Carries.PARCEL,
    order_readable=True,
    acknowledges=ActionKind.ACCEPT,
    ships_by=ActionKind.READY,
    dead_parcel_settles=timedelta(minutes=2),
    address_settles=timedelta(minutes=5),
    returns=Returns(polling=PACE, warn_before=timedelta(hours=6)),
    retention=timedelta(days=30),
    currencies=frozenset({"SAR"}),
)
RECEIVED = "publish/order.received"
RELEASED = "publish/order.released"


def parcel(
    parcel_id: str = "P1",
    state: ParcelState = ParcelState.NEW,
    lines: Iterable[tuple[str, str, int]] = (("1", "A", 2),),
    origins: tuple[str, ...] = (),
    **more: bool,
) -> ParcelView:
    return ParcelView(
        parcel_id=parcel_id,
        state=state,
        channel_status=state.value,
        lines=tuple(ParcelLine(line_id=i, channel_sku=s, quantity=q) for i, s, q in lines),
        origin_parcel_ids=origins,
        **more,
    )


def returned(
    *states: ReturnState, return_id: str = "R1", answer_by: datetime | None = None
) -> ReturnView:
    return ReturnView(
        return_id=return_id,
        state=return_state(states),
        answer_by=answer_by,
        items=tuple(ReturnItemView(item_id=f"i{n}", state=s) for n, s in enumerate(states)),
    )


def view(
    *parcels: ParcelView,
    done: Iterable[str] = (),
    effects: Iterable[Effect] = (),
    wishes: Wishes | None = None,
    **more: object,
) -> OrderView:
    """An order of which the internal systems know all, unless told otherwise."""
    fields = {
        "state": order_state(p.state for p in parcels),
        "version": 3,
        "heard_at": NOW,
        "first_received_at": NOW,
        "digest": "d1",
        "told_digest": "d1",
        "told_state": order_state(p.state for p in parcels),
        **more,
    }
    settled = (Effect(name=name, state=EffectState.DONE) for name in done)
    return OrderView(
        ref=REF,
        exists=True,
        parcels=parcels,
        effects=(*settled, *effects),
        wishes=wishes or Wishes(),
        **fields,
    )


def wishing(*commands: Command) -> Wishes:
    wishes = Wishes()
    for command in commands:
        wishes = fold(wishes, command)
    return wishes


def about(command_id: str = "c1") -> dict[str, object]:
    return {"command_id": command_id, "ref": REF, "at": NOW}


def units(*lines: tuple[str, int]) -> tuple[ShipLine, ...]:
    return tuple(ShipLine(line_id=i, quantity=q) for i, q in lines)


def planned(order: OrderView, now: datetime = NOW, abilities: Abilities = EVERYTHING) -> Plan:
    return plan(order, abilities, SILENCE, now)


def effect_of(made: Plan) -> str | None:
    """The name of the step that is due."""
    return made.step.effect if made.step else None
