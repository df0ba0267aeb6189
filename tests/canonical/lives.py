"""Invented lives of one order: what a marketplace would tell of it, event by event."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from canonical.identity import OrderRef
from canonical.money import Money
from canonical.order import Line, Order, Parcel, ParcelLine
from canonical.returns import Return, ReturnItem, ReturnState, return_state
from canonical.states import DEAD, PARCEL_MOVES, SHIPPED_OR_BEYOND, ParcelState

REF = OrderRef(channel="toy", account="main", order_id="A-1")
PLACED = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
FORWARD = (ParcelState.NEW, ParcelState.ACCEPTED, ParcelState.READY, ParcelState.SHIPPED)


def sar(amount: Decimal | int | str) -> Money:
    return Money(amount=Decimal(amount), currency="SAR")


def order_with(parcel: Parcel, prices: dict[str, Decimal]) -> Order:
    """What an event about one parcel says: the parcel, its lines, its total."""
    lines = tuple(
        Line(
            line_id=x.line_id,
            channel_sku=x.channel_sku,
            ordered=x.quantity,
            unit_price=sar(prices[x.channel_sku]),
            line_gross=sar(prices[x.channel_sku] * x.quantity),
            line_payable=sar(prices[x.channel_sku] * x.quantity),
        )
        for x in parcel.lines
    )
    return Order(
        ref=REF,
        placed_at=PLACED,
        currency="SAR",
        prices_include_tax=True,
        lines=lines,
        parcels=(parcel,),
        stated_payable=sar(sum(prices[x.channel_sku] * x.quantity for x in parcel.lines)),
        note=f"as of {parcel.version}",
    )


def order_with_return(item: Return) -> Order:
    """What an event about a return says: the return, and nothing of the order."""
    return Order(
        ref=REF,
        placed_at=later(1),
        currency="SAR",
        prices_include_tax=True,
        lines=(),
        parcels=(),
        returns=(item,),
    )


@dataclass
class Life:
    """An order at its marketplace, and the events that it has sent."""

    prices: dict[str, Decimal]
    parcels: dict[str, Parcel] = field(default_factory=dict)
    events: list[Order] = field(default_factory=list)
    clock: int = 1_000
    returns: dict[str, Return] = field(default_factory=dict)
    ticks: int = 0
    """The returns' own clock."""

    def put(self, parcel: Parcel) -> None:
        """A parcel is new or has changed: an event tells of it."""
        self.clock += 1
        parcel = parcel.model_copy(update={"version": self.clock})
        self.parcels[parcel.parcel_id] = parcel
        self.events.append(order_with(parcel, self.prices))

    def bring(self, return_id: str, items: tuple[ReturnItem, ...]) -> None:
        """A return is new or has changed: an event tells of it."""
        self.ticks += 1
        waits = any(x.state is ReturnState.WAITING_FOR_ANSWER for x in items)
        item = Return(
            return_id=return_id,
            state=return_state(x.state for x in items),
            version=self.ticks,
            items=items,
            answer_by=later(48 + self.ticks) if waits else None,
        )
        self.returns[return_id] = item
        self.events.append(order_with_return(item))

    def live(self) -> list[Parcel]:
        return [p for p in self.parcels.values() if p.state not in DEAD]

    def divide(
        self, parcel: Parcel, kept: tuple[ParcelLine, ...], end: ParcelState, *, remains: bool
    ) -> None:
        """Part of a parcel goes on in a successor; a split gives the rest one of its own."""
        rest = _less(parcel.lines, kept)
        shown = rest if remains else parcel.lines
        self.put(parcel.model_copy(update={"state": end, "lines": shown}))
        groups = [kept] if end is ParcelState.CANCELLED else [kept, rest]
        for group in groups:
            if group:
                self.put(
                    parcel.model_copy(
                        update={
                            "parcel_id": f"P{len(self.parcels)}",
                            "lines": group,
                            "origin_parcel_ids": (parcel.parcel_id,),
                        }
                    )
                )


def _less(lines: tuple[ParcelLine, ...], kept: tuple[ParcelLine, ...]) -> tuple[ParcelLine, ...]:
    taken = {x.channel_sku: x.quantity for x in kept}
    rest = (
        x.model_copy(update={"quantity": x.quantity - taken.get(x.channel_sku, 0)}) for x in lines
    )
    return tuple(x for x in rest if x.quantity > 0)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """One to three products in one first parcel, then up to seven things that happen to it."""
    count = draw(st.integers(1, 3))
    cents = draw(st.lists(st.integers(1, 99_999), min_size=count, max_size=count))
    life = Life({f"SKU-{i}": Decimal(c) / 100 for i, c in enumerate(cents)})
    lines = tuple(
        ParcelLine(line_id=f"{i}", channel_sku=f"SKU-{i}", quantity=draw(st.integers(1, 4)))
        for i in range(count)
    )
    first = Parcel(
        parcel_id="P0", state=ParcelState.NEW, channel_status="New", version=0, lines=lines
    )
    life.put(first)
    ids_survive, remains = draw(st.booleans()), draw(st.booleans())
    for _ in range(draw(st.integers(0, 7))):
        if not life.live():
            break
        parcel = draw(st.sampled_from(life.live()))
        what = draw(st.sampled_from(["move", "move", "cancel", "split", "return"]))
        if what == "return":
            _return_some(draw, life, parcel)
            continue
        if what == "move" or parcel.state not in FORWARD[:3]:
            steps = sorted(PARCEL_MOVES[parcel.state] - {ParcelState.REPLACED})
            if steps:
                life.put(parcel.model_copy(update={"state": draw(st.sampled_from(steps))}))
            continue
        kept = _some_of(draw, parcel, None if ids_survive else f"n{life.clock}-")
        end = ParcelState.CANCELLED if what == "cancel" else ParcelState.REPLACED
        life.divide(parcel, kept, end, remains=remains)
    return life


def _return_some(draw: st.DrawFn, life: Life, parcel: Parcel) -> None:
    """A new return of a parcel that has left, or the next step of one that there is."""
    states = st.sampled_from([s for s in ReturnState if s is not ReturnState.UNKNOWN])
    known = draw(st.sampled_from([None, *life.returns]))
    if known is not None:
        items = life.returns[known].items
        life.bring(known, tuple(x.model_copy(update={"state": draw(states)}) for x in items))
        return
    back = {(x.parcel_id, x.line_id) for r in life.returns.values() for x in r.items}
    items = tuple(
        ReturnItem(
            item_id=f"{parcel.parcel_id}-{x.line_id}",
            line_id=x.line_id,
            channel_sku=x.channel_sku,
            quantity=draw(st.integers(1, x.quantity)),
            parcel_id=parcel.parcel_id,
            state=draw(states),
            channel_status="",
        )
        for x in parcel.lines
        if (parcel.parcel_id, x.line_id) not in back
    )
    if items and parcel.state in SHIPPED_OR_BEYOND:
        life.bring(f"R{len(life.returns)}", items)


def _some_of(draw: st.DrawFn, parcel: Parcel, prefix: str | None) -> tuple[ParcelLine, ...]:
    kept = []
    for x in parcel.lines:
        quantity = draw(st.integers(0, x.quantity))
        if quantity:
            line_id = x.line_id if prefix is None else prefix + x.line_id
            kept.append(x.model_copy(update={"quantity": quantity, "line_id": line_id}))
    return tuple(kept)


def later(hours: int) -> datetime:
    return PLACED + timedelta(hours=hours)
