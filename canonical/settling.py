"""Waiting for what must still come: successors of dead parcels, blank addresses, whole orders.

A parcel's end is not the order's: after a split or a partial cancel a successor carries on, and it
may come first, later, or never. So a dead parcel without a known successor settles: some time goes
by, the order is read again, and only then is it counted as gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from canonical.abilities import Abilities
from canonical.attention import Attention, AttentionWord
from canonical.effects import EffectState
from canonical.noticing import never_shown, notice_reads
from canonical.return_steps import has_open_returns
from canonical.states import DEAD, ParcelState
from canonical.steps import Reread
from canonical.view import OrderView, ParcelView

ORDER_UNKNOWN = "read/order"
ADDRESS_BLANK = "read/address"
MISSING_READS = 24
"""Times that a missing successor is looked for by itself."""


@dataclass(frozen=True)
class Settling:
    """The read that is due, or when the next one will be."""

    reread: Reread | None = None
    due: datetime | None = None


def unsettled(view: OrderView, abilities: Abilities) -> tuple[ParcelView, ...]:
    """Dead parcels of which nobody knows yet whether a successor comes."""
    if abilities.dead_parcel_settles is None or not abilities.order_readable:
        return ()
    return tuple(
        p
        for p in view.parcels
        if p.state in DEAD and not _has_heirs(view, p) and not view.done(_name(p, 1))
    )


def settling(view: OrderView, abilities: Abilities, now: datetime) -> Settling:
    """What is to be read again, and when."""
    if not abilities.order_readable:
        return Settling()
    for due, reread in _rereads(view, abilities, now):
        effect = view.effect(reread.effect)
        if effect is not None and effect.state is not EffectState.SENT:
            # Refused: what came could not be read, and a person must look.
            continue
        return Settling(due=due) if now < due else Settling(reread)
    return Settling()


def missing(view: OrderView, abilities: Abilities) -> Attention | None:
    """Parcels were replaced by others that the marketplace does not show, or nothing is known."""
    if has_open_returns(view) and not view.parcels and view.done(ORDER_UNKNOWN):
        return Attention.of(
            AttentionWord.CONTRACT,
            "A return came for an order that the marketplace does not show.",
            "the order's own news, or `resync`",
            "Answer the return in the marketplace's panel.",
        )
    unseen = never_shown(view)
    if unseen is not None:
        return unseen
    if not _is_lost(view) or unsettled(view, abilities):
        return None
    return Attention.of(
        AttentionWord.CONTRACT,
        "All parcels of the order were replaced, and the marketplace shows none in their place.",
        "a successor; the order is read again every hour for a day",
        "Look the order up in the marketplace's panel, then `souk order resync`.",
    )


def _rereads(
    view: OrderView, abilities: Abilities, now: datetime
) -> Iterator[tuple[datetime, Reread]]:
    yield from notice_reads(view, abilities, now)
    heard = view.heard_at or view.first_received_at or now
    if not view.parcels:
        # What is over and of an order that nobody here ever saw is left alone.
        if has_open_returns(view):
            yield now, Reread("a return came before its order", ORDER_UNKNOWN)
        return
    settles = abilities.dead_parcel_settles
    if settles is not None:
        for parcel in unsettled(view, abilities):
            why = f"parcel {parcel.parcel_id} ended as {parcel.state}"
            yield heard + settles, Reread(why, _name(parcel, 1))
        if _is_lost(view):
            parcel = view.parcels[-1]
            tries = sum(view.done(_name(parcel, n)) for n in range(1, MISSING_READS + 1))
            if 0 < tries < MISSING_READS:
                due = heard + settles + tries * abilities.missing_read_every
                why = f"the successor of parcel {parcel.parcel_id} is missing"
                yield due, Reread(why, _name(parcel, tries + 1))
    if abilities.address_settles is not None and view.address_blank and _may_be_sent(view):
        first = view.first_received_at or now
        yield (
            first + abilities.address_settles,
            Reread("the address of delivery is blank", ADDRESS_BLANK),
        )


def _name(parcel: ParcelView, number: int) -> str:
    return f"settle/{parcel.parcel_id}" + (f"/{number}" if number > 1 else "")


def _has_heirs(view: OrderView, parcel: ParcelView) -> bool:
    """Whether its successors are known: one after a cancel, all units' after a split."""
    heirs = [p for p in view.parcels if parcel.parcel_id in p.origin_parcel_ids]
    if parcel.state is ParcelState.REPLACED:
        return bool(heirs) and sum(map(_units, heirs)) >= _units(parcel)
    return bool(heirs)


def _is_lost(view: OrderView) -> bool:
    """Only replaced parcels, and nothing in their place."""
    return bool(view.parcels) and all(p.state is ParcelState.REPLACED for p in view.parcels)


def _may_be_sent(view: OrderView) -> bool:
    early = {ParcelState.PENDING, ParcelState.NEW, ParcelState.ACCEPTED, ParcelState.READY}
    return any(p.state in early for p in view.parcels)


def _units(parcel: ParcelView) -> int:
    return sum(x.quantity for x in parcel.lines)
