"""Orders, events and commands as the tests need them. An event's body is a canonical order."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from canonical.commands import COMMAND, Command
from canonical.envelope import EventIdentity, InboundEvent, Source
from canonical.identity import OrderRef
from canonical.money import Money
from canonical.order import Discount, Funder, Line, Order, Parcel, ParcelLine
from canonical.states import ParcelState
from canonical.tax import included
from store import Recorded, Store

REF = OrderRef(channel="trendyol", account="riyadh", order_id="10600123456")
START = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)
UNREADABLE = (ValidationError,)


def sar(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="SAR")


def line(line_id: str = "l1", sku: str = "SKU-1", ordered: int = 2, **more: Any) -> Line:
    gross = sar("50.00") * ordered
    paid = gross - sar("10.00")
    values: dict[str, Any] = {
        "line_id": line_id,
        "channel_sku": sku,
        "name": "قميص قطن 👕",
        "ordered": ordered,
        "unit_price": sar("50.00"),
        "line_gross": gross,
        "discounts": (
            Discount(funder=Funder.SELLER, amount=sar("7.00")),
            Discount(funder=Funder.MARKETPLACE, amount=sar("3.00")),
        ),
        "line_payable": paid,
        "tax": included(paid, Decimal(15)),
    }
    return Line(**values | more)


def parcel(
    parcel_id: str = "p1",
    state: ParcelState = ParcelState.NEW,
    version: int = 1,
    lines: tuple[Line, ...] = (),
) -> Parcel:
    return Parcel(
        parcel_id=parcel_id,
        state=state,
        channel_status=state.value.title(),
        version=version,
        lines=tuple(
            ParcelLine(line_id=x.line_id, channel_sku=x.channel_sku, quantity=x.ordered)
            for x in lines or (line(),)
        ),
    )


def order(ref: OrderRef = REF, **more: Any) -> Order:
    values: dict[str, Any] = {
        "ref": ref,
        "placed_at": START,
        "currency": "SAR",
        "prices_include_tax": True,
        "lines": (line(),),
        "parcels": (parcel(),),
    }
    return Order(**values | more)


def event(
    of: Order | bytes, event_id: str = "p1:1", ref: OrderRef = REF, **more: Any
) -> tuple[InboundEvent, EventIdentity]:
    body = of if isinstance(of, bytes) else of.model_dump_json().encode()
    ref = ref if isinstance(of, bytes) else of.ref
    version = more.pop("version", 1)
    values: dict[str, Any] = {
        **ref.model_dump(),
        "event_id": event_id,
        "source": Source.WEBHOOK,
        "received_at": START,
        "correlation_id": "c-1",
        "body": body,
    }
    identity = EventIdentity(
        event_id=event_id, order_id=ref.order_id, subject="p1", version=version
    )
    return InboundEvent(**values | more), identity


def command(kind: str, command_id: str, ref: OrderRef = REF, **more: Any) -> Command:
    return COMMAND.validate_python(
        {"kind": kind, "command_id": command_id, "ref": ref.model_dump(), "at": START, **more}
    )


async def receive(store: Store, *events: tuple[InboundEvent, EventIdentity]) -> dict[str, str]:
    """Receives events; answers their states by event id."""
    states = await store.inbox.receive([e for e, _ in events], [i for _, i in events])
    return {key[2]: state.value for key, state in states.items()}


async def obey(store: Store, given: Command, minutes: int = 1) -> object:
    body = given.model_dump_json(by_alias=True).encode()
    return await store.inbox.receive_command(given, START + timedelta(minutes=minutes), "c-1", body)


async def record(store: Store, ref: OrderRef = REF, *, expecting: bool = False) -> Recorded:
    read = Order.model_validate_json
    return await store.orders.record(ref, read, UNREADABLE, expecting=expecting)


async def recorded(store: Store, of: Order, event_id: str = "p1:1") -> Recorded:
    """One event received and recorded."""
    await receive(store, event(of, event_id))
    return await record(store, of.ref)
